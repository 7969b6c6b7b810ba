"""Training of toy models of superposition, ReLU(W^T W x + b) with two features and one hidden dimension, in PyTorch, as fast as PyTorch makes it on a
CPU. Two processes at once with one thread each, which for tensors this small is the fastest use of two cores. Reads lines on standard input;
answers each with the seconds that all models would take, from a sample of them, and the least loss of the sample.

    toy_phases.py KIND MODELS SAMPLE STEPS BATCH RATE SPARSITY IMPORTANCE PROCESSES

KIND: tape (autograd, torch.optim.Adam, one model at a time), by-hand (gradients and Adam by hand, in place, without a tape, one model at a time),
batched (by hand, 64 models in one batch that share their examples). SAMPLE: models that each process trains.
"""
import math
import multiprocessing
import sys
import time

import torch

from serve import serve

CHUNK = 50  # steps whose examples are drawn at once: drawing step by step is slower


def rates(steps, rate):
    return [rate * (1 + math.cos(math.pi * step / steps)) / 2 for step in range(steps)]


def draw(generator, batch, sparsity):
    shape = (CHUNK, batch, 2)
    return torch.rand(shape, generator=generator) * (torch.rand(shape, generator=generator) > sparsity)


def loss_of(w, b, importance, sparsity, generator):
    x = torch.rand(1 << 20, 2, generator=generator) * (torch.rand(1 << 20, 2, generator=generator) > sparsity)
    y = torch.relu((x @ w)[:, None] * w + b)
    return float(((y - x).square() * importance).sum(1).mean())


def train_tape(generator, steps, batch, rate, sparsity, importance):
    w = torch.nn.Parameter(torch.randn(2, generator=generator) * math.sqrt(2 / 3))
    b = torch.nn.Parameter(torch.zeros(2))
    optimizer = torch.optim.Adam([w, b], lr=rate)
    for step, now in enumerate(rates(steps, rate)):
        if step % CHUNK == 0:
            chunk = draw(generator, batch, sparsity)
        x = chunk[step % CHUNK]
        optimizer.param_groups[0]["lr"] = now
        y = torch.relu(torch.outer(x @ w, w) + b)
        loss = ((y - x).square() @ importance).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    return w.detach(), b.detach()


def train_by_hand(generator, steps, batch, rate, sparsity, importance):
    p = torch.cat([torch.randn(2, generator=generator) * math.sqrt(2 / 3), torch.zeros(2)])
    w, b = p[:2], p[2:]
    gradient, mean, square, work = torch.zeros(4), torch.zeros(4), torch.zeros(4), torch.zeros(4)
    dw, db = gradient[:2], gradient[2:]
    y, g = torch.empty(batch, 2), torch.empty(batch, 2)
    h, dh = torch.empty(batch), torch.empty(batch)
    scale = importance * (2 / batch)
    for step, now in enumerate(rates(steps, rate)):
        if step % CHUNK == 0:
            chunk = draw(generator, batch, sparsity)
        x = chunk[step % CHUNK]
        torch.mv(x, w, out=h)
        torch.addr(b.expand(batch, 2), h, w, out=y).relu_()
        torch.sub(y, x, out=g).mul_(scale).mul_(y.sign_())
        torch.mv(g, w, out=dh)
        torch.mv(g.t(), h, out=dw).addmv_(x.t(), dh)
        torch.sum(g, 0, out=db)
        mean.lerp_(gradient, 0.1)
        square.mul_(0.999).addcmul_(gradient, gradient, value=0.001)
        torch.sqrt(square, out=work).mul_(1 / math.sqrt(1 - 0.999 ** (step + 1))).add_(1e-8)
        p.addcdiv_(mean, work, value=-now / (1 - 0.9 ** (step + 1)))
    return w, b


def train_batched(generator, steps, batch, rate, sparsity, importance, models=64):
    p = torch.cat([torch.randn(models, 2, generator=generator) * math.sqrt(2 / 3), torch.zeros(models, 2)], 1)
    w, b = p[:, :2], p[:, 2:]
    gradient, mean, square, work = (torch.zeros(models, 4) for _ in range(4))
    y, g = torch.empty(models, batch, 2), torch.empty(models, batch, 2)
    scale = importance * (2 / batch)
    for step, now in enumerate(rates(steps, rate)):
        if step % CHUNK == 0:
            chunk = draw(generator, batch, sparsity)
        x = chunk[step % CHUNK]
        h = torch.mm(w, x.t())
        torch.addcmul(b[:, None, :], h[:, :, None], w[:, None, :], out=y).relu_()
        torch.sub(y, x, out=g).mul_(scale).mul_(y.sign_())
        dh = torch.bmm(g, w[:, :, None]).squeeze(2)
        torch.add(torch.bmm(h[:, None, :], g).squeeze(1), torch.mm(dh, x), out=gradient[:, :2])
        torch.sum(g, 1, out=gradient[:, 2:])
        mean.lerp_(gradient, 0.1)
        square.mul_(0.999).addcmul_(gradient, gradient, value=0.001)
        torch.sqrt(square, out=work).mul_(1 / math.sqrt(1 - 0.999 ** (step + 1))).add_(1e-8)
        p.addcdiv_(mean, work, value=-now / (1 - 0.9 ** (step + 1)))
    return w, b


def work(connection, seed, kind, sample, steps, batch, rate, sparsity, importance):
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(seed)
    importance = torch.tensor([1.0, importance])
    train = {"tape": train_tape, "by-hand": train_by_hand, "batched": train_batched}[kind]
    while connection.recv():
        with torch.set_grad_enabled(kind == "tape"):
            trained = [train(generator, steps, batch, rate, sparsity, importance) for _ in range(sample)]
        connection.send(None)
        with torch.no_grad():
            if kind == "batched":
                trained = [(w[i], b[i]) for w, b in trained for i in range(8)]
            connection.send(min(loss_of(w, b, importance, sparsity, generator) for w, b in trained))


def main():
    kind, models, sample, steps, batch = sys.argv[1], *map(int, sys.argv[2:6])
    rate, sparsity, importance = map(float, sys.argv[6:9])
    processes = int(sys.argv[9])
    pipes = []
    for index in range(processes):
        here, there = multiprocessing.Pipe()
        multiprocessing.Process(target=work, args=(there, index, kind, sample, steps, batch, rate, sparsity, importance), daemon=True).start()
        pipes.append(here)

    def run():
        start = time.perf_counter()
        for pipe in pipes:
            pipe.send(True)
        for pipe in pipes:
            pipe.recv()
        seconds = time.perf_counter() - start
        trained = sample * processes * (64 if kind == "batched" else 1)
        return seconds * models / trained, min(pipe.recv() for pipe in pipes)

    serve(torch.__version__, run)


main()
