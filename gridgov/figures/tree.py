"""A hierarchy of grids in the order of a tree: each grid followed by what lies below it."""

import pandas as pd


def in_tree_order(grids: pd.DataFrame) -> pd.DataFrame:
    """The same rows, each parent followed by its children (by code); `depth` counts from the first row's level.

    >>> tree = pd.DataFrame({"grid_code": ["t", "a", "b", "a1"], "parent_code": [None, "t", "t", "a"]})
    >>> list(in_tree_order(tree)["grid_code"]), list(in_tree_order(tree)["depth"])
    (['t', 'a', 'a1', 'b'], [0, 1, 2, 1])
    """
    codes = set(grids["grid_code"])
    children: dict[object, list[int]] = {}
    for i, (code, parent) in enumerate(zip(grids["grid_code"], grids["parent_code"], strict=True)):
        children.setdefault(parent if parent in codes and parent != code else None, []).append(i)
    order: list[tuple[int, int]] = []
    waiting = [(i, 0) for i in reversed(children.get(None, []))]
    while waiting:
        i, depth = waiting.pop()
        order.append((i, depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(grids["grid_code"].iloc[i], []))]
    ordered = grids.iloc[[i for i, _ in order]]
    return ordered.assign(depth=[depth for _, depth in order]).reset_index(drop=True)
