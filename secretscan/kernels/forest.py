"""Families of deltas put into the order in which their objects are made. The twin is `sources.git.pack.plan`."""

from __future__ import annotations

from secretscan.kernels.compiled import NUMBER, NUMBERS, TABLE, Numbers, Table, compiled

ROOT = -1
"""In place of a base: the entry stands alone."""
STRANGE = -1
"""Answer of `mark_needed` when a base is none of the entries before its delta."""


@compiled(NUMBER, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def mark_needed(wanted: Numbers, base: Numbers, children: Numbers, size: Numbers) -> int:
    """Mark the entries in `wanted` and all that they build on; return how many these are, or `STRANGE`.

    `base` has the base of each entry, or `ROOT`. Of the needed ones `children` gets how many needed deltas each
    has, and `size` of how many entries the branch is that begins with it; both start out as noughts.
    """
    count = 0
    for n in range(len(wanted)):
        node = wanted[n]
        while size[node] == 0:
            size[node] = 1
            count += 1
            parent = base[node]
            if parent == ROOT:
                break
            if parent < 0 or parent >= node:
                return STRANGE
            node = parent
    for node in range(len(base) - 1, -1, -1):
        if size[node] > 0 and base[node] != ROOT:
            size[base[node]] += size[node]
            children[base[node]] += 1
    return count


@compiled(NUMBER, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, TABLE)
def order_families(
    sorted_nodes: Numbers,
    base: Numbers,
    children: Numbers,
    first_child: Numbers,
    steps: Numbers,
    parents: Numbers,
    starts: Numbers,
    stack: Table,
) -> int:
    """Put the needed entries in order, family by family; return how many families there are.

    `sorted_nodes` holds the needed entries by base, those without one first, ascending; the deltas of one base from
    the largest branch to the smallest. `first_child` says where the deltas of each entry begin in it. `steps` gets
    the entries, `parents` for each the place of its base in its family, or `ROOT`, and `starts` where each family
    begins in `steps`, and after the last one where it ends. `stack` has two columns and a row more than `sorted_nodes`.
    """
    done = families = 0
    for n in range(len(sorted_nodes)):
        root = sorted_nodes[n]
        if base[root] != ROOT:
            break
        starts[families] = done
        families += 1
        begin = done
        stack[0, 0], stack[0, 1] = root, ROOT
        top = 1
        while top:
            top -= 1
            node = stack[top, 0]
            steps[done], parents[done] = node, stack[top, 1]
            place = done - begin
            done += 1
            for k in range(first_child[node], first_child[node] + children[node]):
                stack[top, 0], stack[top, 1] = sorted_nodes[k], place
                top += 1
    starts[families] = done
    return families
