"""From a name to a backend: the built-in ones, and those that another package brings."""

import inspect

import pytest

from briefs import registry
from briefs.config import DetectSettings, ExtractSettings, TranslateSettings
from briefs.errors import ConfigError, DependencyError
from briefs.registry import BUILTINS, backend_names, load_backend

PROTOCOLS = {
    "source": registry.Source,
    "detector": registry.Detector,
    "translator": registry.Translator,
    "extractor": registry.Extractor,
    "template": registry.Template,
    "delivery": registry.Delivery,
}


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Puts a package with entry points on the path, as an installer would."""

    def write(entry_points, **modules):
        folder = tmp_path / "site"
        info = folder / "briefs_extra-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: briefs-extra\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(entry_points)
        for name, code in modules.items():
            (folder / f"{name}.py").write_text(code)
        monkeypatch.syspath_prepend(folder)

    return write


def method(protocol):
    (name,) = [name for name in vars(protocol) if not name.startswith("_") and callable(getattr(protocol, name))]
    return name, list(inspect.signature(getattr(protocol, name)).parameters)


def test_every_seam_has_a_protocol_and_a_null_implementation():
    assert set(BUILTINS) == set(PROTOCOLS)
    for seam, backends in BUILTINS.items():
        assert {"null", "identity"} & set(backends), seam


@pytest.mark.parametrize(("seam", "name"), [(seam, name) for seam in BUILTINS for name in BUILTINS[seam]])
def test_every_built_in_loads_and_has_the_method_of_its_seam(seam, name):
    wanted, parameters = method(PROTOCOLS[seam])
    backend = load_backend(seam, name)
    assert list(inspect.signature(getattr(backend, wanted)).parameters) == parameters


@pytest.mark.parametrize(
    ("seam", "settings"),
    [("detector", DetectSettings), ("translator", TranslateSettings), ("extractor", ExtractSettings)],
)
def test_the_default_backend_is_there(seam, settings):
    assert settings().backend in BUILTINS[seam]


@pytest.mark.parametrize(
    ("seam", "name", "hint"),
    [
        ("translator", "argoss", "did you mean 'argos'?"),
        ("extractor", "salliance", "did you mean 'salience'?"),
        ("detector", "zzz", "known: null, script"),
    ],
)
def test_an_unknown_name_names_the_nearest(seam, name, hint):
    with pytest.raises(ConfigError, match=f"unknown {seam} '{name}'") as caught:
        load_backend(seam, name)
    assert caught.value.hint == hint


def test_an_installed_backend_is_found_by_its_name(install):
    install(
        "[briefs.detector]\nlatin-only = extra_detector:Latin\n",
        extra_detector="class Latin:\n    def detect(self, texts):\n        return [('en', 1.0) for _ in texts]\n",
    )
    assert backend_names("detector") == ["latin-only", "null", "script"]
    assert load_backend("detector", "latin-only")().detect(["a", "b"]) == [("en", 1.0)] * 2
    with pytest.raises(ConfigError) as caught:
        load_backend("detector", "latin-onyl")
    assert caught.value.hint == "did you mean 'latin-only'?"


def test_an_installed_backend_is_of_one_seam_only(install):
    install("[briefs.detector]\nextra = extra_one:One\n", extra_one="class One: ...\n")
    with pytest.raises(ConfigError, match="unknown translator 'extra'"):
        load_backend("translator", "extra")


def test_a_built_in_cannot_be_replaced_unseen(install):
    install("[briefs.detector]\nscript = extra_evil:Evil\n", extra_evil="class Evil: ...\n")
    assert load_backend("detector", "script").__module__ == "briefs.detect"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("extra_gone:Thing", ""),
        ("extra_broken:Thing", "import a_library_that_nobody_has\n"),
        ("extra_broken:Thing", "class Other: ...\n"),
    ],
    ids=["no module", "missing library", "no such class"],
)
def test_a_backend_that_does_not_load_says_what_to_reinstall(install, value, code, monkeypatch):
    monkeypatch.delitem(__import__("sys").modules, "extra_broken", raising=False)
    install(f"[briefs.translator]\nextra = {value}\n", extra_broken=code)
    with pytest.raises(DependencyError, match="translator 'extra' cannot be loaded") as caught:
        load_backend("translator", "extra")
    assert value in caught.value.hint
