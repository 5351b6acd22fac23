"""Train the translator on one CUDA GPU or the CPU: needs torch and numpy only, and nothing of briefs.

    python3 -m training.train WORK OUT --minutes 18

WORK holds train-NN.npz, domain.npz and dev.npz (see prepare.py). OUT receives last.pt every few minutes (a run that is
cut off goes on with --resume), log.tsv, and at the end the averaged weights as weights-00.npz and on (int8, each below
16 MiB). The schedule is set by the clock: a short warm-up, then straight down to nothing at --minutes. A share --mix of
the batches comes from the domain, and --final-mix of them in the last --final part of the time.
"""

import argparse
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from training.batches import Corpus, Mixture
from training.network import BOS, EOS, UNK, Translator, token_loss
from training.optimiser import Optimiser
from training.weights import read_package, write_parts

SMOOTHING = 0.1
AVERAGED = 0.02  # of the way that the average goes to the weights every AVERAGE_EVERY steps
AVERAGE_EVERY = 8
SILENT = -30.0  # the bias of a piece that no target holds
QUIET = 0.3  # how loud a path is that only begins to be used
DEFAULTS = {  # by device: what suits 18 minutes of one H100, and an hour or two of two CPU cores
    "cuda": {"d": 512, "ffn": 2048, "heads": 8, "encoder": 6, "decoder": 3, "tokens": 32768, "dropout": 0.1},
    "cpu": {"d": 256, "ffn": 1024, "heads": 4, "encoder": 4, "decoder": 2, "tokens": 6144, "dropout": 0.05},
}


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    """The command line; what is not given comes from DEFAULTS."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=18)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--vocab", type=int, default=16000)
    for name in ("d", "ffn", "heads", "encoder", "decoder"):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--tokens", type=int, help="padded positions a step, on the longer side")
    parser.add_argument("--dropout", type=float)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--warmup", type=int, default=200, help="steps")
    parser.add_argument("--mix", type=float, default=0.25)
    parser.add_argument("--final", type=float, default=0.25)
    parser.add_argument("--final-mix", type=float, default=0.7)
    parser.add_argument("--init", type=Path, help="a package to start from; it sets the shape")
    parser.add_argument("--lexicon", action="store_true", help="start the embeddings of sources from WORK/lexicon.npz")
    parser.add_argument("--resume", action="store_true", help="go on from OUT/last.pt, with what is left of the time")
    parser.add_argument("--every", type=float, default=180, help="seconds between checks on dev.npz")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(given)
    for name, value in DEFAULTS["cuda" if args.device == "cuda" else "cpu"].items():
        if getattr(args, name) is None:
            setattr(args, name, value)
    return args


@torch.no_grad()
def anchor(network: Translator, lexicon: Mapping[str, Tensor], spoken: Tensor) -> None:
    """Start from a lexicon: a source piece looks like what it becomes, and the decoder adds what it attends to.

    The encoder begins anew and quietly, so that its output is at first little else than the embeddings.
    """
    embed = network.embed.weight.float().cpu()
    heard = ~torch.isin(lexicon["piece"], spoken.cpu())
    shares = lexicon["shares"][heard] ** 2
    mixed = (embed[lexicon["targets"][heard]] * (shares / shares.sum(1, keepdim=True))[:, :, None]).sum(1)
    mixed *= embed[spoken.cpu()].norm(dim=1).median() / mixed.norm(dim=1, keepdim=True)
    network.embed.weight[lexicon["piece"][heard].to(spoken.device)] = mixed.to(network.embed.weight)
    width = embed.shape[1]
    for name, p in network.enc.named_parameters():
        if p.dim() == 2:
            fresh = torch.nn.init.xavier_uniform_(torch.empty(p.shape))
            p.copy_(fresh * (QUIET if ".out." in name or ".down." in name else 1))
        elif ".n1." in name or ".n2." in name:
            p.fill_(1.0 if name.endswith("weight") else 0.0)
        else:
            p.zero_()
    for layer in network.dec:
        layer.cross.kv.weight[width:].copy_(torch.eye(width))
        layer.cross.out.weight.copy_(torch.eye(width) * QUIET)


class Run:
    """A training run: the network, its corpora, what was seen, and the clock."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args, self.device = args, torch.device(args.device)
        torch.manual_seed(args.seed)
        torch.set_num_threads(args.threads)
        args.out.mkdir(parents=True, exist_ok=True)
        self.saved = None
        if args.resume:
            self.saved = torch.load(args.out / "last.pt", map_location=self.device, weights_only=True)
        self.network, self.optimiser = self._network()
        self.general, self.dev = Corpus(sorted(args.work.glob("train-*.npz"))), Corpus([args.work / "dev.npz"])
        domain = args.work / "domain.npz"
        self.domain = Corpus([domain]) if domain.exists() else None
        corpora = [c for c in (self.general, self.domain, self.dev) if c is not None]
        ids = np.unique(np.concatenate([np.unique(c.target) for c in corpora] + [[UNK, BOS, EOS]]))
        self.spoken = torch.from_numpy(ids.astype(np.int64)).to(self.device)
        self.average = {name: value.clone() for name, value in self.optimiser.masters().items()}
        self.step, self.seen, self.before, self.best = 0, 0, 0.0, float("inf")
        self.kept = self.average
        if args.lexicon and not args.resume:
            with np.load(args.work / "lexicon.npz") as lexicon:
                anchor(self.network, {key: torch.from_numpy(lexicon[key]) for key in lexicon.files}, self.spoken)
            self.optimiser = Optimiser(self.network)
            self.average = {name: value.clone() for name, value in self.optimiser.masters().items()}
        if self.saved:
            self._resume(self.saved)
            self.saved = None
        self.began = time.monotonic()

    def _network(self) -> tuple[Translator, Optimiser]:
        args, weights = self.args, {}
        shape = {name: getattr(args, name) for name in ("vocab", "d", "ffn", "heads", "encoder", "decoder")}
        if self.saved:
            shape = self.saved["shape"]
        elif args.init:
            weights, shape = read_package(args.init)
        network = Translator(shape, args.dropout)
        if weights:
            network.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in weights.items()})
        network.to(self.device).bfloat16()
        return network, Optimiser(network)

    def _resume(self, saved: dict[str, Any]) -> None:
        self.optimiser.load_state_dict(saved["optimiser"])
        for name, value in saved["average"].items():
            self.average[name].copy_(value)
        self.kept = saved["kept"]
        self.step, self.seen, self.before, self.best = (saved[k] for k in ("step", "seen", "spent", "best"))

    def spent(self) -> float:
        """Seconds of training so far, those before a resumption included."""
        return self.before + time.monotonic() - self.began

    def dev_loss(self) -> float:
        """Nats a token of the averaged weights on dev.npz."""
        current = self.optimiser.masters()
        self._fill(self.average)
        self.network.eval()
        total, count = 0.0, 0
        with torch.no_grad():
            for batch in self.dev.epoch(4096, np.random.default_rng(0)):
                _, plain, tokens = token_loss(self.network, self._placed(batch), self.spoken, SMOOTHING)
                total, count = total + float(plain), count + tokens
        self._fill(current)
        self.network.train()
        return total / count

    def _fill(self, weights: Mapping[str, Tensor]) -> None:
        with torch.no_grad():
            for name, p in self.network.named_parameters():
                p.copy_(weights[name])

    def _placed(self, batch: tuple[Tensor, Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        source, given, wanted = (x.to(self.device, non_blocking=True) for x in batch)
        return source, given, wanted

    def one_step(self, batch: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        """Train on a batch; its plain loss summed over its tokens."""
        passed = self.spent() / (60 * self.args.minutes)
        rate = self.args.rate * min(1.0, (self.step + 1) / self.args.warmup) * max(0.01, 1 - passed)
        loss, plain, tokens = token_loss(self.network, self._placed(batch), self.spoken, SMOOTHING)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step(rate, 1 / tokens)
        self.step, self.seen = self.step + 1, self.seen + tokens
        if self.step % AVERAGE_EVERY == 0:
            share = max(AVERAGED, 40 / (self.step + 40))
            for name, value in self.optimiser.masters().items():
                self.average[name].lerp_(value, share)
        return plain

    def check(self, loss: float) -> None:
        """Measure, keep the best average, write the log and what a resumption needs."""
        value = self.dev_loss()
        if value < self.best:
            self.best, self.kept = value, {name: x.clone() for name, x in self.average.items()}
        line = f"{self.spent():.0f}\t{self.step}\t{self.seen}\t{loss:.4f}\t{value:.4f}"
        with (self.args.out / "log.tsv").open("a", encoding="utf-8") as log:
            log.write(line + "\n")
        print(line, flush=True)
        state = {"optimiser": self.optimiser.state_dict(), "average": self.average, "kept": self.kept}
        numbers: dict[str, Any] = {"step": self.step, "seen": self.seen, "spent": self.spent(), "best": self.best}
        numbers["shape"] = self.network.shape
        torch.save({**state, **numbers}, self.args.out / "last.tmp")
        (self.args.out / "last.tmp").replace(self.args.out / "last.pt")

    def train(self) -> None:
        """The whole run."""
        args, rng = self.args, np.random.default_rng(self.args.seed + self.step)
        domain = self.domain.forever(args.tokens, rng) if self.domain else None
        batches = Mixture(self.general.forever(args.tokens, rng), domain, rng)
        print("seconds\tsteps\ttokens\tloss\tdev loss", f"at the start {self.dev_loss():.4f}", sep="\n", flush=True)
        limit, checked, tokens = args.minutes * 60, time.monotonic(), self.seen
        loss = torch.zeros((), device=self.device)
        self.network.train()
        while (spent := self.spent()) < limit:
            batches.share = args.final_mix if spent > limit * (1 - args.final) else args.mix
            loss += self.one_step(next(batches))
            if time.monotonic() - checked > args.every:
                self.check(float(loss) / max(1, self.seen - tokens))
                checked, tokens = time.monotonic(), self.seen
                loss.zero_()
        batches.close()
        self.check(float(loss) / max(1, self.seen - tokens))

    def write(self) -> list[Path]:
        """The best averaged weights, as files."""
        bias = self.kept["bias"]
        bias[~torch.isin(torch.arange(len(bias), device=self.device), self.spoken)] = SILENT
        arrays = {name: value.float().cpu().numpy() for name, value in self.kept.items()}
        return write_parts(arrays, self.network.shape, self.args.out)


def main(given: Sequence[str] | None = None) -> None:
    """Command line."""
    run = Run(arguments(given))
    count = sum(p.numel() for p in run.network.parameters())
    pairs = f"{len(run.general)} pairs, {len(run.domain) if run.domain else 0} of the domain"
    print(f"{count / 1e6:.1f} M parameters, {len(run.spoken)} spoken pieces, {pairs}, {run.device}", flush=True)
    run.train()
    print(*run.write(), flush=True)


if __name__ == "__main__":
    main()
