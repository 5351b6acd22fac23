"""Muon for the matrices inside the layers, AdamW for the rest; float32 masters of a bfloat16 network."""

from collections import defaultdict
from typing import Any

import torch
from torch import Tensor, nn

MOMENTUM = 0.95
NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)  # the coefficients of Jordan et al., 2024: quick to near-orthogonal
LIKE_ADAM = 0.2  # makes an orthogonal step as large as a usual step of AdamW, so that both share one rate


def orthogonal(stack: Tensor) -> Tensor:
    """Each matrix of a stack brought near the nearest orthogonal one, by five Newton-Schulz steps in bfloat16."""
    x = stack.bfloat16()
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    a, b, c = NEWTON_SCHULZ
    for _ in range(5):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.mT if tall else x


class Optimiser:
    """Keeps float32 masters of the network's weights, steps them, and copies them back into the network."""

    def __init__(self, network: nn.Module, decay: float = 0.01) -> None:
        self.pairs = {name: (p, p.detach().float().clone()) for name, p in network.named_parameters()}
        matrices = {name: pair for name, pair in self.pairs.items() if pair[0].dim() == 2 and name != "embed.weight"}
        groups: dict[tuple[int, ...], list[str]] = defaultdict(list)
        for name, (p, _) in matrices.items():
            groups[tuple(p.shape)].append(name)
        self.groups, self.decay = list(groups.values()), decay
        self.momentum = [torch.stack([torch.zeros_like(self.pairs[n][1]) for n in names]) for names in self.groups]
        rest = [master for name, (_, master) in self.pairs.items() if name not in matrices]
        self.rest = [name for name in self.pairs if name not in matrices]
        for master in rest:
            master.requires_grad_(True)
        self.adam = torch.optim.AdamW(rest, betas=(0.9, 0.98), eps=1e-9, weight_decay=decay, fused=True)

    def masters(self) -> dict[str, Tensor]:
        """The float32 weights by name."""
        return {name: master.detach() for name, (_, master) in self.pairs.items()}

    @torch.no_grad()
    def step(self, rate: float, scale: float) -> None:
        """One step at a rate, with the gradients times `scale`; those that AdamW takes are clipped to norm 1 together."""
        grads = {name: p.grad.float() for name, (p, _) in self.pairs.items() if p.grad is not None}
        norm = torch.stack([grad.norm() for grad in grads.values()]).norm() * scale
        factor = scale * (1 / (norm + 1e-6)).clamp(max=1.0)
        for names, momentum in zip(self.groups, self.momentum, strict=True):
            grad = torch.stack([grads[n] for n in names])
            momentum.lerp_(grad * scale, 1 - MOMENTUM)
            update = orthogonal(torch.lerp(grad * scale, momentum, MOMENTUM)).float()
            update *= rate * LIKE_ADAM * max(update.shape[-2:]) ** 0.5
            for i, name in enumerate(names):
                self.pairs[name][1].mul_(1 - rate * self.decay).sub_(update[i])
        for name in self.rest:
            self.pairs[name][1].grad = grads[name] * factor
        for group in self.adam.param_groups:
            group["lr"] = rate
        self.adam.step()
        self.adam.zero_grad(set_to_none=True)
        for p, master in self.pairs.values():
            p.copy_(master)
            p.grad = None

    def state_dict(self) -> dict[str, object]:
        """All that a resumed run needs."""
        return {"masters": self.masters(), "momentum": self.momentum, "adam": self.adam.state_dict()}

    @torch.no_grad()
    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up a saved state."""
        for name, value in state["masters"].items():
            p, master = self.pairs[name]
            master.copy_(value)
            p.copy_(value)
        for mine, saved in zip(self.momentum, state["momentum"], strict=True):
            mine.copy_(saved)
        self.adam.load_state_dict(state["adam"])
