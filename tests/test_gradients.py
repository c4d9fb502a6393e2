"""Central differences against autograd and a closed form."""

import pytest
import torch

from helpers import make_line
from helpers.gradients import central_difference


@pytest.mark.parametrize("shape", [(), (4,), (2, 1, 3)])
def test_any_shape_agrees_with_autograd(shape):
    torch.manual_seed(1)
    p = torch.randn(shape, dtype=torch.float64, requires_grad=True)

    def loss():
        return torch.sin(p * p).sum()

    loss().backward()
    assert torch.allclose(central_difference(loss, p), p.grad, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("h", [0.5, 0.25])
def test_the_quotient_of_a_cube_is_its_slope_and_h_squared(h):
    p = torch.tensor(2.0)
    assert central_difference(lambda: p**3, p, h).item() == 3 * 2**2 + h**2


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_parameter_is_unchanged_and_gives_the_dtype(dtype):
    p = torch.rand(5, dtype=dtype, requires_grad=True)
    before, earlier = p.detach().clone(), (p * p).sum()
    slopes = central_difference(lambda: p.sum(), p, h=0.1)
    assert (slopes.dtype, slopes.requires_grad, p.requires_grad, p.grad) == (dtype, False, True, None)
    assert torch.equal(p, before)
    earlier.backward()  # the graph recorded earlier still works
    assert torch.equal(p.grad, 2 * before)


@pytest.mark.parametrize(("dtype", "near"), [(torch.float32, 1e-4), (torch.float64, 1e-10)])
@pytest.mark.parametrize("size", [1, 1000, -1e8])
def test_the_nudge_fits_parameters_of_every_size(size, dtype, near):
    p = torch.tensor([size, size / 2], dtype=dtype)

    def loss():
        return torch.sin(p / size).sum()

    expected = torch.cos(p.double() / size) / size
    assert central_difference(loss, p).double() == pytest.approx(expected, rel=near)


def test_error_in_the_function_leaves_the_parameter_as_it_was():
    p = torch.ones(2)
    with pytest.raises(ValueError, match="size must be at least 1, not 0"):
        central_difference(lambda: make_line(size=0), p)
    assert p.tolist() == [1, 1]
