"""Makes the golden values: what PyTorch computes, in double precision, from numbers of single precision.

Usage: python3 make.py > ../src/main/resources/dev/volute/conformance/golden/golden.txt
Written with PyTorch 1.13 (Debian's python3-torch).

A case is a name and then its tensors, one a line: inputs, outputs, gradients to the outputs, and gradients to the
floating inputs of the sum of outputs times gradients. Optimizers have no gradients.
"""

import torch
import torch.nn.functional as F

torch.manual_seed(20)


def rand(*shape, low=-1.0, high=1.0):
    return (torch.rand(*shape) * (high - low) + low).double()


def ints(*shape, low, high):
    return torch.randint(low, high, shape, dtype=torch.int32)


def line(kind, tensor):
    dtype = "F32" if tensor.is_floating_point() else "I32"
    shape = ",".join(str(n) for n in tensor.shape)
    form = "{:.9g}" if tensor.is_floating_point() else "{}"
    values = " ".join(form.format(v) for v in tensor.detach().flatten().tolist())
    print(kind, dtype, "[" + shape + "]", values)


def case(name, inputs, compute):
    """Prints the case of a function with its gradients."""
    leaves = [x.clone().requires_grad_() if x.is_floating_point() else x for x in inputs]
    outputs = compute(*leaves)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    weights = [rand(*y.shape) for y in outputs]
    sum((y * w).sum() for y, w in zip(outputs, weights)).backward()
    print("case", name)
    for x in inputs:
        line("in", x)
    for y in outputs:
        line("out", y)
    for w in weights:
        line("to", w)
    for x in leaves:
        if x.is_floating_point():
            line("grad", x.grad)


def steps(name, make, shape=(7,), count=4):
    """Prints the case of an optimizer: a parameter, the gradients of its steps, and where it ends."""
    start = rand(*shape)
    gradients = [rand(*shape) for _ in range(count)]
    parameter = torch.nn.Parameter(start.clone())
    optimizer = make([parameter])
    for gradient in gradients:
        parameter.grad = gradient.clone()
        optimizer.step()
    print("case", name)
    for x in [start] + gradients:
        line("in", x)
    line("out", parameter)


def plain(wx, wh, b):
    """The parameters as Volute has them: weights transposed, and one bias."""
    return [wx.t(), wh.t(), b, torch.zeros_like(b)]


def reset(wx, wh, b, bh):
    """As above, with a second bias inside the reset."""
    return [wx.t(), wh.t(), b, torch.cat([torch.zeros(2 * H, dtype=b.dtype), bh])]


print("# PyTorch", torch.__version__)

case("conv", [rand(2, 3, 6, 5), rand(4, 3, 3, 2), rand(4)], lambda x, w, b: F.conv2d(x, w, b))
case("conv-strides", [rand(1, 2, 8, 7), rand(3, 2, 3, 3), rand(3)],
     lambda x, w, b: F.conv2d(x, w, b, stride=(2, 3), padding=(1, 2)))
case("conv-dilation", [rand(1, 2, 8, 9), rand(3, 2, 3, 2), rand(3)],
     lambda x, w, b: F.conv2d(x, w, b, dilation=(2, 3), padding=(1, 0)))
case("conv-groups", [rand(2, 6, 5, 4), rand(4, 3, 2, 2), rand(4)], lambda x, w, b: F.conv2d(x, w, b, groups=2))
case("conv-depthwise", [rand(1, 3, 6, 6), rand(3, 1, 3, 3), rand(3)],
     lambda x, w, b: F.conv2d(x, w, b, groups=3, stride=2, padding=1))
case("conv-1d", [rand(2, 3, 11), rand(4, 3, 3), rand(4)], lambda x, w, b: F.conv1d(x, w, b, stride=2, padding=1))
case("conv-3d", [rand(1, 2, 4, 5, 3), rand(3, 2, 2, 3, 2), rand(3)], lambda x, w, b: F.conv3d(x, w, b, padding=1))

case("max-pool", [rand(2, 2, 7, 6)], lambda x: F.max_pool2d(x, (3, 2), stride=(2, 1), padding=(1, 0)))
case("average-pool", [rand(2, 2, 7, 6)], lambda x: F.avg_pool2d(x, (3, 2), stride=(2, 2), padding=(1, 1)))
case("average-pool-inside", [rand(2, 2, 7, 6)],
     lambda x: F.avg_pool2d(x, (3, 2), stride=(2, 2), padding=(1, 1), count_include_pad=False))

case("batch-norm", [rand(3, 4, 5, 2, low=-2, high=4), rand(4), rand(4)],
     lambda x, gamma, beta: F.batch_norm(x, None, None, gamma, beta, training=True, eps=1e-5))
case("batch-norm-inference", [rand(3, 4, 5), rand(4), rand(4), rand(4), rand(4, low=0.5, high=2)],
     lambda x, gamma, beta, mean, var: (x - mean[:, None]) / torch.sqrt(var[:, None] + 1e-5) * gamma[:, None]
     + beta[:, None])

case("softmax", [rand(3, 7, low=-4, high=4)], lambda x: F.softmax(x, -1))
case("cross-entropy", [rand(5, 7, low=-4, high=4), ints(5, low=0, high=7)],
     lambda x, k: F.cross_entropy(x, k.long(), reduction="none"))
labels = ints(5, low=0, high=7)
labels[1] = labels[4] = -1
case("cross-entropy-ignoring", [rand(5, 7, low=-4, high=4), labels],
     lambda x, k: F.cross_entropy(x, k.long(), ignore_index=-1, reduction="none"))

I, H = 3, 4


def weights(gates):
    return [rand(I, gates * H), rand(H, gates * H), rand(gates * H)]


def rnn(x, h, *p, mode):
    y, last = mode(x, h[None], plain(*p), True, 1, 0.0, False, False, True)
    return y, last[0]


def lstm(x, h, c, *p):
    y, last, cell = torch.lstm(x, (h[None], c[None]), plain(*p), True, 1, 0.0, False, False, True)
    return y, last[0], cell[0]


def gru(x, h, *p):
    y, last = torch.gru(x, h[None], reset(*p), True, 1, 0.0, False, False, True)
    return y, last[0]


sequence, state = (2, 5, I), (2, H)
case("rnn-tanh", [rand(*sequence), rand(*state)] + weights(1), lambda *p: rnn(*p, mode=torch.rnn_tanh))
case("rnn-relu", [rand(*sequence), rand(*state)] + weights(1), lambda *p: rnn(*p, mode=torch.rnn_relu))
case("lstm", [rand(*sequence), rand(*state), rand(*state)] + weights(4), lstm)
case("gru-reset-after", [rand(*sequence), rand(*state)] + weights(3) + [rand(H)], gru)


def bidirectional(x, h, c, h2, c2, *p):
    both = plain(*p[:3]) + plain(*p[3:])
    y, _, _ = torch.lstm(x, (torch.stack([h, h2]), torch.stack([c, c2])), both, True, 1, 0.0, False, True, True)
    return y


case("lstm-bidirectional", [rand(*sequence)] + [rand(*state) for _ in range(4)] + weights(4) + weights(4),
     bidirectional)

steps("sgd", lambda p: torch.optim.SGD(p, 0.1))
steps("sgd-momentum", lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, weight_decay=0.01))
steps("sgd-nesterov", lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, weight_decay=0.01, nesterov=True))
steps("adam", lambda p: torch.optim.Adam(p, 0.01))
steps("adam-decay", lambda p: torch.optim.Adam(p, 0.01, weight_decay=0.1))
steps("adamw", lambda p: torch.optim.AdamW(p, 0.01, weight_decay=0.1))


def stack(x, *p):
    """Two bidirectional layers, from states of zero."""
    both = [tensor for i in range(0, len(p), 3) for tensor in plain(*p[i:i + 3])]
    zeros = torch.zeros(4, x.shape[0], H, dtype=x.dtype)
    y, _, _ = torch.lstm(x, (zeros, zeros), both, True, 2, 0.0, False, True, True)
    return y


def wide():
    return [rand(2 * H, 4 * H), rand(H, 4 * H), rand(4 * H)]


case("lstm-bidirectional-stack", [rand(*sequence)] + weights(4) + weights(4) + wide() + wide(), stack)


def both_ways(x, *p):
    zeros = torch.zeros(2, x.shape[0], H, dtype=x.dtype)
    y, _ = torch.gru(x, zeros, reset(*p[:4]) + reset(*p[4:]), True, 1, 0.0, False, True, True)
    return y


case("gru-bidirectional", [rand(*sequence)] + weights(3) + [rand(H)] + weights(3) + [rand(H)], both_ways)
