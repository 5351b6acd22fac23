"""The recipe of the built-in pack: run whole on a few hundred pairs, and its parts on what could go wrong in silence."""

import ast
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from briefs.config import TranslateSettings
from briefs.fidelity import Gazetteer
from briefs.fidelity.inline import FORM_1, KINDS
from briefs.packs import BUILT_IN, find_pack
from briefs.translate import PackTranslator
from training import evaluate, smoke
from training.agreement import agreement
from training.batches import Corpus, Mixture
from training.evaluate import Decoder, Sentences
from training.export import export, metadata
from training.lexicon import make_lexicon
from training.network import BOS, EOS, PAD, Translator, token_loss
from training.optimiser import Optimiser, orthogonal
from training.pairs import read_pairs, select_like
from training.prepare import inlined, pack
from training.train import anchor
from training.vocabulary import load_vocabulary
from training.weights import read_package, read_parts, write_parts

ROOT = Path(__file__).parent.parent.parent
SHAPE = {"vocab": 50, "d": 16, "ffn": 32, "heads": 2, "encoder": 2, "decoder": 1}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of a whole run."""
    threads = torch.get_num_threads()
    folder = tmp_path_factory.mktemp("recipe")
    smoke.smoke(folder)
    torch.set_num_threads(threads)
    return folder


@pytest.fixture(scope="module")
def package(made):
    return made / "translate-ja_en-0_0.argosmodel"


def network_of(weights, shape):
    network = Translator(shape).eval()
    network.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in weights.items()})
    return network


def ids(*rows):
    return torch.tensor(rows)


def test_the_package_is_found_loaded_and_translates(package, tmp_path):
    with zipfile.ZipFile(package) as files:
        files.extractall(tmp_path)
    pack_found = find_pack("ja", "en", str(tmp_path))
    assert (pack_found.info.version, pack_found.inline) == ("0.0", KINDS)
    settings = TranslateSettings(threads=1, beam=1)
    texts = ["会談は東京で行われた。", "3万人"]
    assert len(PackTranslator(settings, str(tmp_path)).translate(texts, "ja", "en")) == 2


def test_argos_translate_reads_the_package(package, tmp_path):
    with zipfile.ZipFile(package) as files:
        files.extractall(tmp_path)
    code = (
        "import sys, pathlib; from argostranslate.package import Package; p = Package(pathlib.Path(sys.argv[1]));"
        "print(p.code, p.package_version, p.from_name, p.to_name, p.type, 'CC BY-SA' in p.get_readme())"
    )
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
    }
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / package.stem)],
        capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    assert run.stdout.split() == ["translate-ja_en", "0.0", "Japanese", "English", "translate", "True"]


def test_the_same_weights_give_the_same_bytes(made, package):
    again = made / "again" / package.name
    again.parent.mkdir()
    with zipfile.ZipFile(package) as files:
        readme = files.read(f"{package.stem}/README.md").decode()
    export(made / "work" / "weights", made / "work", again, version="0.0", readme=readme)
    assert again.read_bytes() == package.read_bytes()


def test_ctranslate2_scores_as_the_network_does(made, package):
    """What is exported is what was trained: a wrong or swapped matrix would show here."""
    import ctranslate2

    weights, shape = read_package(package)
    network = network_of(weights, shape)
    source, target = [17, 301, 45, 299], [20, 11, 333]
    hidden = network(ids([*source, EOS]), ids([BOS, *target]))
    logits = torch.nn.functional.linear(hidden, network.embed.weight, network.bias).log_softmax(-1)[0].tolist()
    wanted = [logits[i][piece] for i, piece in enumerate([*target, EOS])]
    with zipfile.ZipFile(package) as files:
        files.extractall(made / "loaded")
    vocabulary = load_vocabulary((made / "work" / "spm.model").read_bytes())
    engine = ctranslate2.Translator(str(made / "loaded" / package.stem / "model"), compute_type="float32")
    pieces = [[vocabulary.id_to_piece(i) for i in row] for row in (source, target)]
    [scored] = engine.score_batch([pieces[0]], [pieces[1]])
    assert scored.log_probs == pytest.approx(wanted, abs=1e-4)
    assert min(wanted) < -4


def test_a_package_gives_back_its_weights(made, package):
    weights, shape = read_package(package)
    kept, kept_shape = read_parts(made / "work" / "weights")
    assert shape == kept_shape
    assert weights.keys() == kept.keys() == dict(Translator(shape).named_parameters()).keys()
    for name, value in kept.items():
        assert np.allclose(weights[name], value, atol=np.abs(value).max() / 100 + 1e-8), name


def test_training_can_start_from_the_built_in_pack():
    weights, shape = read_package(max(BUILT_IN.glob("*.argosmodel")))
    network_of(weights, shape)


def test_a_resumed_run_goes_on_counting(made):
    rows = [line.split("\t") for line in (made / "work" / "weights" / "log.tsv").read_text().splitlines()]
    assert len(rows) == 2
    assert all(float(a) < float(b) for a, b in zip(rows[0][:3], rows[1][:3], strict=True))


def test_training_needs_torch_and_numpy_only():
    wanted, seen = ["train"], set()
    while wanted:
        name = wanted.pop()
        seen.add(name)
        tree = ast.parse((ROOT / "training" / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            imported = [node.module] if isinstance(node, ast.ImportFrom) else []
            imported += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for module in imported:
                top, _, rest = module.partition(".")
                assert top in {"training", "torch", "numpy"} or top in sys.stdlib_module_names, (name, module)
                if top == "training" and rest not in seen:
                    wanted.append(rest)
    assert {"train", "network", "optimiser", "batches", "weights"} == seen


def test_the_loss_and_its_gradient_are_those_of_torch():
    torch.manual_seed(0)
    network = Translator(SHAPE)
    batch = (ids([5, 6, EOS], [7, EOS, PAD]), ids([BOS, 9, 11], [BOS, 13, PAD]), ids([9, 11, EOS], [13, EOS, PAD]))
    spoken = torch.tensor([EOS, 9, 11, 13, 20])
    loss, plain, count = token_loss(network, batch, spoken, 0.1)
    (loss / count).backward()
    ours = {name: p.grad.clone() for name, p in network.named_parameters()}
    network.zero_grad()
    hidden = network(*batch[:2]).flatten(0, 1)[batch[2].flatten() != PAD]
    logits = hidden @ network.embed.weight[spoken].T + network.bias[spoken]
    targets = torch.searchsorted(spoken, batch[2][batch[2] != PAD])
    theirs = torch.nn.functional.cross_entropy(logits, targets, label_smoothing=0.1)
    theirs.backward()
    assert count == 5
    assert loss.item() / count == pytest.approx(theirs.item(), rel=1e-5)
    assert plain.item() == pytest.approx(torch.nn.functional.cross_entropy(logits, targets).item() * count, rel=1e-5)
    for name, p in network.named_parameters():
        assert torch.allclose(ours[name], p.grad, atol=1e-6), name


def test_padding_and_the_future_are_not_seen():
    torch.manual_seed(0)
    network = Translator(SHAPE).eval()
    alone = network(ids([5, 6, EOS]), ids([BOS, 9]))
    padded = network(ids([5, 6, EOS, PAD, PAD]), ids([BOS, 9, 11]))
    assert torch.allclose(alone, padded[:, :2], atol=1e-5)


def test_dropout_draws_its_share_and_keeps_the_mean():
    torch.manual_seed(0)
    layer = Translator(SHAPE, 0.25).drop
    dropped = layer(torch.ones(200, 500))
    assert float((dropped == 0).float().mean()) == pytest.approx(0.25, abs=0.01)
    assert float(dropped.mean()) == pytest.approx(1, abs=0.02)
    assert torch.equal(layer.eval()(torch.ones(3)), torch.ones(3))


def test_steps_are_orthogonal_and_lower_the_loss():
    values = torch.linalg.svdvals(orthogonal(torch.randn(2, 24, 12)).float())
    assert 0.5 < float(values.min()) <= float(values.max()) < 1.4
    torch.manual_seed(0)
    network = Translator(SHAPE).bfloat16()
    optimiser = Optimiser(network)
    batch = (ids([5, 6, EOS]), ids([BOS, 9, 11]), ids([9, 11, EOS]))
    losses = []
    for _ in range(30):
        loss, _, count = token_loss(network, batch, torch.tensor([EOS, 9, 11, 13]), 0.0)
        loss.backward()
        optimiser.step(1e-2, 1 / count)
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 4


def test_every_pair_is_in_one_batch_and_no_batch_is_too_large(tmp_path):
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 40, (2, 300))
    flat = [rng.integers(4, 100, side.sum()).astype(np.uint16) for side in lengths]
    np.savez(
        tmp_path / "a.npz", src=flat[0], sl=lengths[0].astype(np.uint8), tgt=flat[1], tl=lengths[1].astype(np.uint8)
    )
    seen = []
    for source, given, wanted in Corpus([tmp_path / "a.npz"]).epoch(256, rng):
        assert max(source.numel(), given.numel()) <= 256
        for s, g, w in zip(source.tolist(), given.tolist(), wanted.tolist(), strict=True):
            target = w[: w.index(EOS)]
            assert g[: len(target) + 1] == [BOS, *target]
            seen.append((*s[: s.index(EOS)], -1, *target))
    places = [np.concatenate([[0], np.cumsum(side)]) for side in lengths]
    cut = [[f[a:b].tolist() for a, b in itertools.pairwise(p)] for f, p in zip(flat, places, strict=True)]
    assert sorted(seen) == sorted((*s, -1, *t) for s, t in zip(*cut, strict=True))


def test_parts_are_small_and_come_back(tmp_path, monkeypatch):
    monkeypatch.setattr("training.weights.PART_BYTES", 3000)
    weights = {f"w{i}": np.random.default_rng(i).normal(size=(40, 50)).astype(np.float32) for i in range(4)}
    weights["bias"] = np.arange(9, dtype=np.float32)
    paths = write_parts(weights, SHAPE, tmp_path)
    assert len(paths) >= 4
    back, shape = read_parts(tmp_path)
    assert shape == SHAPE
    assert back.keys() == weights.keys()
    assert all(np.abs(back[name] - weights[name]).max() <= np.abs(weights[name]).max() / 127 for name in weights)


def test_the_lexicon_knows_what_becomes_what(tmp_path):
    """Three source pieces, always translated as theirs plus 100, among others that come anywhere."""
    rng = np.random.default_rng(0)
    src = rng.integers(10, 30, (200, 5)).astype(np.uint16)
    tgt = rng.permuted(src + 100, axis=1)
    five = np.full(200, 5, np.uint8)
    np.savez(tmp_path / "a.npz", src=src.ravel(), sl=five, tgt=tgt.ravel(), tl=five)
    lexicon = make_lexicon([tmp_path / "a.npz"], 140, rng)
    best = lexicon["targets"][np.arange(len(lexicon["piece"])), lexicon["shares"].argmax(1)]
    assert np.array_equal(best, lexicon["piece"] + 100)
    assert set(lexicon["piece"]) == set(range(10, 30))


def test_only_entities_that_the_reference_states_are_written_in_english():
    names = Gazetteer([("海野太郎", "Taro Umino", "person")])
    pair = ("海野太郎氏は3万人と5億円を挙げた。", "Umino cited 30,000 people and half a billion yen.")
    drawn = {inlined(pair, names, KINDS, random.Random(seed)) for seed in range(40)}
    assert drawn == {pair[0], "海野太郎氏は 30,000 人と5億円を挙げた。"}
    assert {inlined(pair, names, FORM_1, random.Random(seed)) for seed in range(40)} == drawn


def test_pairs_of_unlike_lengths_are_left_out(made, tmp_path):
    vocabulary = load_vocabulary((made / "work" / "spm.model").read_bytes())
    pairs = [("会談は東京で行われた。", "The talks were held in Tokyo."), ("会談", "talks " * 60), ("", "nothing")]
    assert pack(pairs, vocabulary, tmp_path / "a.npz") == 1


def test_selection_takes_what_is_like_the_domain():
    talk = [(f"首脳会談で外相が安全保障を協議した{i}", "t") for i in range(40)]
    code = [(f"関数の引数を指定してコマンドを実行します{i}", "c") for i in range(200)]
    like = [(f"首相は安全保障をめぐる会談で協議を求めた{i}", "x") for i in range(40)]
    assert {en for _, en in select_like([*code, *talk], like, 40, random.Random(0))} == {"t"}


def test_pairs_are_read_normalised_and_the_unusable_left_out(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text("３万人　が\t“It’s” 30,000\nno pair\n\tx\n" + "長" * 300 + "\tx\n", encoding="utf-8")
    assert list(read_pairs(path)) == [("3万人 が", '"It\'s" 30,000')]


def test_the_held_out_pairs_are_in_no_training_file(made):
    held = {ja for ja, _ in read_pairs(made / "held.tsv")}
    assert json.loads((made / "work" / "recipe.json").read_text())["inline"] == list(KINDS)
    folder = made / "leak"
    shutil.copytree(made / "domain", folder)
    from training.prepare import Preparation

    path = folder / "b.tsv"
    path.write_text((made / "held.tsv").read_text(encoding="utf-8") + "会談\ttalks\n", encoding="utf-8")
    assert Preparation(read_pairs(made / "held.tsv"), KINDS, 1).read(path) == [("会談", "talks")]
    assert len(held) > 20


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("首脳会談、合意できず", "headline"),
        ("会談は東京で行われた。", "sentence"),
        ("「合意を歓迎する」と首相は述べた。", "quote"),
        ("・合意文書の公表", "bullet"),
        ("首相は" + "とても" * 30 + "長く話した。", "long"),
    ],
)
def test_kinds_of_lines(source, kind):
    assert evaluate.kind_of(source) == kind


def test_figures_are_counted():
    sources = ["3万人が来た。", "5億円の支援", "会談した。"]
    assert evaluate.figures_kept(sources, ["30,000 people came.", "Aid of 5 million yen", "They met."]) == (1, 2)
    assert evaluate.figures_kept(sources, ["", "", ""]) == (0, 2)


def test_scores_are_sacrebleus(made, package):
    decoder = Decoder(package, threads=1)
    made_text = decoder.translate(["会談した。"]).texts
    table = evaluate.score_table([decoder], [Sentences("t", ["会談した。"], made_text)], beam=4, inline=True)
    assert table[2].startswith("| t | 0.0 | ")
    long = ["The talks between the two sides were held in Tokyo on Monday ."]
    assert evaluate.bleu(long, long) == pytest.approx(100)
    assert evaluate.chrf(long, ["zzz"]) < 5


@pytest.mark.parametrize("name", ["a.tsv", "gold.tsv", "b.ja"])
def test_every_form_of_test_set_is_read(tmp_path, name):
    (tmp_path / "a.tsv").write_text("会談\ttalks\n", encoding="utf-8")
    (tmp_path / "gold.tsv").write_text("seed\tkind\tjapanese\tenglish\n0\tx\t会談\ttalks\n", encoding="utf-8")
    (tmp_path / "b.ja").write_text("会談\n", encoding="utf-8")
    (tmp_path / "b.en").write_text("talks\n", encoding="utf-8")
    assert evaluate.read_test(tmp_path / name)[1:] == (["会談"], ["talks"])


def test_agreement_counts_what_references_state():
    pairs = [("3万人と令和8年", "30,000 people in 2026"), ("5億円", "half a billion yen"), ("3分の1", "one-third")]
    assert agreement(pairs) == {"amount": (1, 1), "year": (1, 1), "currency": (0, 1), "ratio": (1, 1)}


def test_batches_are_mixed_in_the_wanted_share():
    mixture = Mixture(itertools.repeat("general"), itertools.repeat("domain"), np.random.default_rng(0))
    mixture.share = 0.25
    drawn = [next(mixture) for _ in range(600)]
    mixture.share = 1.0
    later = [next(mixture) for _ in range(40)]
    mixture.close()
    assert 0.18 < drawn.count("domain") / 600 < 0.32
    assert set(later[-20:]) == {"domain"}
    assert not any("_fill" in thread.name for thread in threading.enumerate())


def test_a_lexicon_puts_source_pieces_beside_their_translations():
    torch.manual_seed(0)
    network = Translator(SHAPE)
    before = network.embed.weight.detach().clone()
    lexicon = {"piece": ids(30, 31, 9), "targets": ids([9, 11], [11, 13], [11, 13])}
    lexicon["shares"] = torch.tensor([[0.9, 0.1], [0.1, 0.8], [0.5, 0.5]])
    anchor(network, lexicon, torch.tensor([EOS, 9, 11, 13]))
    after = network.embed.weight.detach()
    alike = torch.nn.functional.cosine_similarity
    assert float(alike(after[30], before[9], 0)) > 0.95
    assert float(alike(after[31], before[13], 0)) > 0.95
    changed = {i for i in range(50) if not torch.equal(after[i], before[i])}
    assert changed == {30, 31}


def test_a_package_says_when_to_trust_it():
    assert metadata("1.0", ["date"], -0.5)["least_confidence"] == -0.5
    assert "least_confidence" not in metadata("1.0", [], None)
