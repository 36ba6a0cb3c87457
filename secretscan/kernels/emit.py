"""The code of `lanes`, in LLVM's terms: vectors of any length, which it fits to those that a processor has."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, Final, cast

import numpy as np
from llvmlite import ir
from numba import extending, types

from secretscan.kernels.compiled import EMITTED
from secretscan.kernels.lanes import (
    BIT_BITS,
    FOLD,
    HASH,
    LANES,
    LINE_BYTES,
    SALSA_ROUNDS,
    SALSA_STEPS,
    SALSA_WORDS,
    SPECIALS,
    TOKEN_BYTES,
    WORD_BITS,
    are_tokens,
    characters,
    fetch,
    four_at,
    highest,
    lowest,
    newlines,
    probe,
    salsa,
    specials,
    turn_in,
    turn_over,
)

_BYTE, _HALF, _FOUR, _WORD = (ir.IntType(bits) for bits in (8, 16, 32, 64))
_HALVES, _FOURS = ir.VectorType(_HALF, LANES), ir.VectorType(_FOUR, LANES)
_TYPES: Final[Mapping[Any, Any]] = {np.uint32: types.uint32, np.uint64: types.uint64}


def emitted_parts() -> Mapping[Callable[..., Any], Any]:
    """Return what numba takes in place of the functions of `lanes`."""
    return {function: _intrinsic(function, result) for function, result in EMITTED.items()}


def _intrinsic(function: Callable[..., Any], result: type) -> Any:  # noqa: ANN401 - numba has no types
    emit = _CODE[function]

    def generate(context: Any, code: ir.IRBuilder, signature: Any, values: Sequence[Any]) -> Any:  # noqa: ANN401
        passed = []
        for kind, value in zip(signature.args, values, strict=True):
            if isinstance(kind, types.Array):
                passed.append(context.make_array(kind)(context, code, value).data)
            else:
                passed.append(context.cast(code, value, kind, types.uint64))
        return emit(code, *passed)

    def typed(_context: object, *arguments: Any) -> Any:  # noqa: ANN401
        return _TYPES[result](*arguments), generate

    own = inspect.signature(function)
    context = inspect.Parameter("_context", inspect.Parameter.POSITIONAL_ONLY)
    typed.__name__ = function.__name__
    # numba takes the arguments one by one, as they are named here
    cast("Any", typed).__signature__ = own.replace(parameters=(context, *own.parameters.values()))
    return extending.intrinsic(typed)


def _load(code: ir.IRBuilder, data: Any, at: Any, kind: ir.Type) -> Any:  # noqa: ANN401 - values of LLVM
    """Load from any place: processors need not have it aligned."""
    return code.load(code.bitcast(code.gep(data, [at]), kind.as_pointer()), align=1)


def _four_at(code: ir.IRBuilder, data: Any, at: Any) -> Any:  # noqa: ANN401
    return _load(code, data, at, _FOUR)


def _fetch(code: ir.IRBuilder, table: Any, at: Any) -> Any:  # noqa: ANN401
    place = code.bitcast(code.gep(table, [at]), _BYTE.as_pointer())
    takes = ir.FunctionType(ir.VoidType(), [place.type, _FOUR, _FOUR, _FOUR])
    prefetch = code.module.declare_intrinsic("llvm.prefetch", [place.type], takes)
    reads, soon, data = (_FOUR(value) for value in (0, 3, 1))
    code.call(prefetch, [place, reads, soon, data])
    return _WORD(0)


def _lowest(code: ir.IRBuilder, word: Any) -> Any:  # noqa: ANN401
    return code.cttz(word, ir.Constant(ir.IntType(1), 1))


def _highest(code: ir.IRBuilder, word: Any) -> Any:  # noqa: ANN401
    return code.sub(_WORD(63), code.ctlz(word, ir.Constant(ir.IntType(1), 1)))


def _newlines(code: ir.IRBuilder, data: Any, at: Any) -> Any:  # noqa: ANN401
    return _which(code, data, at, b"\n")


def _specials(code: ir.IRBuilder, data: Any, at: Any) -> Any:  # noqa: ANN401
    return _which(code, data, at, SPECIALS)


def _which(code: ir.IRBuilder, data: Any, at: Any, members: bytes) -> Any:  # noqa: ANN401
    """Tell which bytes are among `members`."""
    line = ir.VectorType(_BYTE, LINE_BYTES)
    text = _load(code, data, at, line)
    told = [code.icmp_unsigned("==", text, ir.Constant(line, [byte] * LINE_BYTES)) for byte in members]
    return code.zext(code.bitcast(reduce(code.or_, told), ir.IntType(LINE_BYTES)), _WORD)


def _characters(code: ir.IRBuilder, data: Any, at: Any) -> Any:  # noqa: ANN401
    return code.zext(_told(code, data, at, LINE_BYTES, "/9", "+"), _WORD)


def _are_tokens(code: ir.IRBuilder, data: Any, at: Any) -> Any:  # noqa: ANN401
    told = _told(code, data, at, TOKEN_BYTES, "-9", "+=_")
    return code.zext(code.icmp_unsigned("==", told, ir.IntType(TOKEN_BYTES)(-1)), _WORD)


def _told(code: ir.IRBuilder, data: Any, at: Any, count: int, among: str, others: str) -> Any:  # noqa: ANN401
    """Tell which of `count` bytes are letters, among the characters from one to another, or one of the `others`."""
    some = ir.VectorType(_BYTE, count)

    def each(value: int) -> ir.Constant:
        return ir.Constant(some, [value] * count)

    def is_among(text: Any, ends: str) -> Any:  # noqa: ANN401
        first, last = map(ord, ends)
        return code.icmp_unsigned("<=", code.sub(text, each(first)), each(last - first))

    text = _load(code, data, at, some)
    told = code.or_(is_among(code.or_(text, each(0x20)), "az"), is_among(text, among))
    for other in map(ord, others):
        told = code.or_(told, code.icmp_unsigned("==", text, each(other)))
    return code.bitcast(told, ir.IntType(count))


def _probe(code: ir.IRBuilder, data: Any, at: Any, bits: Any) -> Any:  # noqa: ANN401
    low, high = (code.zext(_load(code, data, code.add(at, _WORD(more)), _HALVES), _FOURS) for more in (0, 2))
    grams = code.or_(code.or_(low, code.shl(high, _each(16))), _each(FOLD))
    hashed = code.mul(grams, _each(HASH))
    places = code.lshr(hashed, _each(32 - WORD_BITS))
    # one word after the other: processors that gather several at once take as long or longer
    words = ir.Constant(_FOURS, ir.Undefined)
    for lane in map(_FOUR, range(LANES)):
        place = code.zext(code.extract_element(places, lane), _WORD)
        words = code.insert_element(words, code.load(code.gep(bits, [place])), lane)
    first, second = (
        code.lshr(words, code.and_(shift, _each((1 << BIT_BITS) - 1)))
        for shift in (code.lshr(hashed, _each(32 - WORD_BITS - BIT_BITS)), hashed)
    )
    both = code.and_(code.and_(first, second), _each(1))
    told = code.bitcast(code.icmp_unsigned("!=", both, _each(0)), ir.IntType(LANES))
    return code.zext(told, _WORD)


def _turn_over(code: ir.IRBuilder, source: Any, at: Any, target: Any, to: Any, step: Any) -> Any:  # noqa: ANN401
    rows = [_load(code, source, code.add(at, _WORD(LANES * n)), _FOURS) for n in range(LANES)]
    for n, column in enumerate(_turned(code, rows)):
        _store(code, column, target, code.add(to, code.mul(step, _WORD(n))))
    return _WORD(0)


def _turn_in(code: ir.IRBuilder, source: Any, places: Any, more: Any, target: Any, to: Any) -> Any:  # noqa: ANN401
    begins = [code.load(code.gep(places, [_WORD(n)])) for n in range(LANES)]
    columns = [_load(code, source, code.add(begin, more), _FOURS) for begin in begins]
    for n, row in enumerate(_turned(code, columns)):
        place = code.add(to, _WORD(LANES * n))
        _store(code, code.xor(row, _load(code, target, place, _FOURS)), target, place)
    return _WORD(0)


def _turned(code: ir.IRBuilder, rows: list[Any]) -> list[Any]:
    """Return the columns of a square: rows are interleaved with those half a square away, as often as it can be halved."""
    half = LANES // 2
    masks = [
        ir.Constant(_FOURS, [n // 2 + begin + LANES * (n % 2) for n in range(LANES)]) for begin in (0, half)
    ]
    for _ in range(LANES.bit_length() - 1):
        rows = [code.shuffle_vector(rows[n], rows[n + half], mask) for n in range(half) for mask in masks]
    return rows


def _store(code: ir.IRBuilder, value: Any, data: Any, at: Any) -> None:  # noqa: ANN401
    code.store(value, code.bitcast(code.gep(data, [at]), value.type.as_pointer()), align=1)


def _salsa(code: ir.IRBuilder, state: Any, block: Any, at: Any, out: Any, to: Any) -> Any:  # noqa: ANN401
    places = [_WORD(LANES * n) for n in range(SALSA_WORDS)]
    mixed = [
        code.xor(_load(code, state, place, _FOURS), _load(code, block, code.add(at, place), _FOURS))
        for place in places
    ]
    words = list(mixed)
    for into, one, other, by in SALSA_STEPS * (SALSA_ROUNDS // 2):
        added = code.add(words[one], words[other])
        turned = code.or_(code.shl(added, _each(by)), code.lshr(added, _each(32 - by)))
        words[into] = code.xor(words[into], turned)
    for place, word, before in zip(places, words, mixed, strict=True):
        done = code.add(word, before)
        _store(code, done, state, place)
        _store(code, done, out, code.add(to, place))
    return _WORD(0)


def _each(value: int) -> ir.Constant:
    return ir.Constant(_FOURS, [value] * LANES)


_CODE: Final[Mapping[Callable[..., Any], Callable[..., Any]]] = {
    four_at: _four_at,
    fetch: _fetch,
    lowest: _lowest,
    highest: _highest,
    newlines: _newlines,
    specials: _specials,
    characters: _characters,
    are_tokens: _are_tokens,
    probe: _probe,
    turn_over: _turn_over,
    turn_in: _turn_in,
    salsa: _salsa,
}
