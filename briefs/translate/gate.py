"""What makes an output unusable, whatever it says: empty, looping, running away, left in Japanese."""

import re
from collections import Counter
from collections.abc import Sequence

LONGEST_LOOP = 40  # words of a phrase that is looked for
_JAPANESE = re.compile(r"[぀-ヿ㐀-鿿]")


def find_fault(source: str, output: str, target: str) -> str:
    """The code of what makes an output unusable, or "" for none."""
    words = re.findall(r"\w+", output.lower())
    if not words:
        return "empty" if re.search(r"\w", source) else ""
    if target != "ja" and len(_JAPANESE.findall(output)) > 0.2 * len(output):
        return "untranslated"
    if is_looping(words):
        return "repetition"
    # English needs about two and a half characters for one of Japanese, names more; five is out of reach of real text.
    if len(output) > 60 + 6 * len(source):
        return "length"
    return ""


def is_looping(words: Sequence[str]) -> bool:
    """Does a phrase come again and again: a word five times running, a phrase four times, a long one three times?

    Also true where one phrase of two words or more comes five times and makes up most of the text.
    """
    for size in range(1, min(LONGEST_LOOP, len(words) // 2) + 1):
        times = 5 if size == 1 else 4 if size < 8 else 3
        run = 0
        for i in range(size, len(words)):
            run = run + 1 if words[i] == words[i - size] else 0
            if run >= (times - 1) * size:
                return True
        if 2 <= size <= 6:
            grams = Counter(tuple(words[i : i + size]) for i in range(len(words) - size + 1))
            often = grams.most_common(1)[0][1]
            if often >= 5 and often * size > 0.6 * len(words):
                return True
    return False
