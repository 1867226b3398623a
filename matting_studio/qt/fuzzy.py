"""How well some typed letters fit a text: the letters in order, best in a row and at the beginnings of words."""

from functools import cache

IN_A_ROW, BEGINNING, ANYWHERE = 3.0, 2.0, 0.5


def score(typed: str, text: str) -> float | None:
    """Greater is better; None if the letters do not occur in the text in this order. Case and spaces do not count."""
    wanted, letters = typed.lower().replace(" ", ""), text.lower()

    @cache
    def best(index: int, start: int) -> float | None:
        """The best sum for `wanted[index:]` in `letters[start:]`, where `letters[start - 1]` was the last one taken."""
        if index == len(wanted):
            return 0.0
        sums = []
        for at in range(start, len(letters)):
            if letters[at] == wanted[index] and (rest := best(index + 1, at + 1)) is not None:
                beginning = at == 0 or not letters[at - 1].isalnum()
                in_a_row = index > 0 and at == start
                sums.append(rest + (IN_A_ROW if in_a_row else BEGINNING if beginning else ANYWHERE))
        return max(sums, default=None)

    found = best(0, 0)
    return None if found is None else found - 0.01 * len(letters)
