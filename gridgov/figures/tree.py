"""A hierarchy of grids in the order of a tree: each grid followed by what lies below it."""

import pandas as pd


def in_tree_order(grids: pd.DataFrame) -> pd.DataFrame:
    """The same rows, each parent followed by its children (by code).

    adds  depth (from the first row's level), path (codes from the first row down to the row itself)

    >>> tree = pd.DataFrame({"grid_code": ["t", "a", "b", "a1"], "parent_code": [None, "t", "t", "a"]})
    >>> list(in_tree_order(tree)["grid_code"]), list(in_tree_order(tree)["depth"])
    (['t', 'a', 'a1', 'b'], [0, 1, 2, 1])
    >>> list(in_tree_order(tree)["path"])
    [['t'], ['t', 'a'], ['t', 'a', 'a1'], ['t', 'b']]
    """
    codes = set(grids["grid_code"])
    children: dict[object, list[int]] = {}
    for i, (code, parent) in enumerate(zip(grids["grid_code"], grids["parent_code"], strict=True)):
        children.setdefault(parent if parent in codes and parent != code else None, []).append(i)
    order: list[tuple[int, list[object]]] = []
    waiting: list[tuple[int, list[object]]] = [(i, []) for i in reversed(children.get(None, []))]
    while waiting:
        i, above = waiting.pop()
        path = [*above, grids["grid_code"].iloc[i]]
        order.append((i, path))
        waiting += [(child, path) for child in reversed(children.get(path[-1], []))]
    ordered = grids.iloc[[i for i, _ in order]]
    paths = [path for _, path in order]
    return ordered.assign(depth=[len(path) - 1 for path in paths], path=paths).reset_index(drop=True)
