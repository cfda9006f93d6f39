"""Small models of pictures, written as ONNX files without any library for that.

Each tells of 16 x 16 cells whether the picture gets brighter from left to right: real networks, if
plain ones. Source of the fields' numbers: onnx.proto, IR version 8.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

FLOAT, BYTES = 1, 2
"""Of ONNX's element types."""
CELL = 18
SIDE = 288

type Field = tuple[int, int | bytes]


def gradients(path: Path, *, sign: float = 1.0) -> Path:
    """Write a model that takes numbers in units of ImageNet; return its path.

    Args:
        path: Where to.
        sign: Of what it gives; -1.0 makes another model of it.
    """
    nodes = [_node("Conv", ["picture", "weights"], ["described"], strides=(CELL, CELL))]
    return _write(path, nodes, (FLOAT, (1, 3, SIDE, SIDE)), sign=sign)


def of_bytes(path: Path) -> Path:
    """Write the same model for bytes; return its path."""
    nodes = [
        _node("Cast", ["picture"], ["numbers"], to=FLOAT),
        _node("Transpose", ["numbers"], ["planes"], perm=(0, 3, 1, 2)),
        _node("Conv", ["planes", "weights"], ["described"], strides=(CELL, CELL)),
    ]
    return _write(path, nodes, (BYTES, (1, SIDE, SIDE, 3)))


def coarse(path: Path) -> Path:
    """Write a model that gives too few numbers; return its path."""
    nodes = [_node("Conv", ["picture", "weights"], ["described"], strides=(CELL * 4, CELL * 4))]
    return _write(path, nodes, (FLOAT, (1, 3, SIDE, SIDE)), given=(1, 1, 4, 4))


def _weights(sign: float) -> bytes:
    kernel = np.full((1, 3, CELL, CELL), sign / CELL**2, np.float32)
    kernel[..., : CELL // 2] *= -1
    return _tensor("weights", kernel)


def _write(
    path: Path,
    nodes: list[bytes],
    taken: tuple[int, tuple[int, ...]],
    *,
    given: tuple[int, ...] = (1, 1, 16, 16),
    sign: float = 1.0,
) -> Path:
    graph = _message(
        *((1, node) for node in nodes),
        (2, b"cells"),
        (5, _weights(sign)),
        (11, _value("picture", *taken)),
        (12, _value("described", FLOAT, given)),
    )
    path.write_bytes(_message((1, 8), (7, graph), (8, _message((1, b""), (2, 13)))))
    return path


def _node(
    kind: str, taken: list[str], given: list[str], **attributes: int | tuple[int, ...]
) -> bytes:
    return _message(
        *((1, name.encode()) for name in taken),
        *((2, name.encode()) for name in given),
        (3, f"{kind} {given[0]}".encode()),
        (4, kind.encode()),
        *((5, _attribute(name, value)) for name, value in attributes.items()),
    )


def _attribute(name: str, value: int | tuple[int, ...]) -> bytes:
    if isinstance(value, int):
        return _message((1, name.encode()), (3, value), (20, 2))
    return _message((1, name.encode()), *((8, each) for each in value), (20, 7))


def _tensor(name: str, array: npt.NDArray[np.float32]) -> bytes:
    dims = ((1, size) for size in array.shape)
    return _message(*dims, (2, FLOAT), (8, name.encode()), (9, array.astype("<f4").tobytes()))


def _value(name: str, element: int, shape: tuple[int, ...]) -> bytes:
    dims = _message(*((1, _message((1, size))) for size in shape))
    tensor = _message((1, element), (2, dims))
    return _message((1, name.encode()), (2, _message((1, tensor))))


def _message(*fields: Field) -> bytes:
    """Return fields by number as a message of Protocol Buffers."""
    parts = []
    for number, value in fields:
        if isinstance(value, int):
            parts += [_varint(number << 3), _varint(value)]
        else:
            parts += [_varint(number << 3 | 2), _varint(len(value)), value]
    return b"".join(parts)


def _varint(value: int) -> bytes:
    head = bytearray()
    while value >= 0x80:
        head.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*head, value])
