"""Words that say the opposite of each other, in names and in labels of both languages."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from datlanh.kernel.text import Text


@dataclass(frozen=True)
class Opposites:
    """Two sides; a name on the one and a label on the other contradict each other.

    `names` are parts of a key between underscores, `words` whole words or phrases of labels.
    """

    names: tuple[frozenset[str], frozenset[str]]
    words: tuple[tuple[str, ...], tuple[str, ...]]


def _pair(names: tuple[str, str], one: str, other: str) -> Opposites:
    def split(text: str) -> tuple[str, ...]:
        return tuple(plain(w) for w in text.split(","))

    sides = frozenset(names[0].split()), frozenset(names[1].split())
    return Opposites(sides, (split(one), split(other)))


def plain(text: str) -> str:
    """Lower case, composed, single spaces."""
    text = unicodedata.normalize("NFC", text).casefold()
    return " ".join(re.sub(r"[^\w]+", " ", text).split())


OPPOSITES = (
    _pair(
        ("male man men boy boys m", "female fem woman women girl girls f"),
        "nam,nam giới,male,males,man,men,boy,boys,bé trai,con trai,đàn ông",
        "nữ,nữ giới,female,females,woman,women,girl,girls,bé gái,con gái,phụ nữ,đàn bà",
    ),
    _pair(
        ("child children boy boys girl girls", "adult adults man men woman women"),
        "trẻ em,trẻ,child,children,boy,boys,girl,girls,bé trai,bé gái",
        "người lớn,adult,adults,man,men,woman,women,đàn ông,đàn bà",
    ),
    _pair(
        ("injured wounded survivor survivors", "killed dead fatal fatality deceased"),
        "bị thương,injured,wounded,còn sống,survivor,survivors",
        "chết,tử vong,killed,dead,deceased,fatal,thiệt mạng",
    ),
    _pair(
        ("start begin from", "end finish until"),
        "bắt đầu,start,begin,beginning,khởi công,từ ngày",
        "kết thúc,end,finish,completion,hoàn thành,đến ngày",
    ),
    _pair(("lon longitude long", "lat latitude"), "kinh độ,longitude", "vĩ độ,latitude"),
    _pair(
        ("reported suspected", "cleared released"),
        "được báo cáo,reported,nghi ngờ,suspected",
        "đã rà phá,thực rà,cleared,released,đã giải phóng",
    ),
    _pair(
        ("uncleared", "cleared"),
        "chưa rà phá,không rà phá được,chưa rà,uncleared,not cleared",
        "đã rà phá,thực rà,cleared",
    ),
    _pair(("min minimum", "max maximum"), "nhỏ nhất,minimum", "lớn nhất,maximum"),
    _pair(("direct", "indirect"), "trực tiếp,direct", "gián tiếp,indirect"),
    _pair(("in inside", "out outside"), "bên trong,inside", "bên ngoài,outside"),
    _pair(("before", "after"), "trước khi,before", "sau khi,after"),
    _pair(
        ("destroyed", "removed"),
        "huỷ nổ,hủy nổ,phá hủy,destroyed",
        "di dời,removed,thu gom",
    ),
)
# A word of a label that holds another one: «chưa rà phá» is not «rà phá».
NOT_ALONE = ("không", "chưa", "not", "non", "un")


def contradiction(name: str, label: Text) -> tuple[str, str] | None:
    """What name and label disagree about: (part of the name, words of the label), or None.

    Only where the name stands on one side alone and the label on the other alone: a label that
    names both («nam, nữ») contradicts nothing.
    """
    parts = frozenset(plain(name).replace("_", " ").split())
    for pair in OPPOSITES:
        named = [parts & side for side in pair.names]
        for mine, other in ((0, 1), (1, 0)):
            if not named[mine] or named[other]:
                continue
            for text in (label.vi, label.en):
                said = _found(text, pair.words[other])
                if said and not _found(text, pair.words[mine]):
                    return sorted(named[mine])[0], said
    return None


def _found(text: str, words: tuple[str, ...]) -> str:
    """The longest of `words` that stands in the text as whole words, not negated."""
    said = f" {plain(text)} "
    for word in sorted(words, key=len, reverse=True):
        at = said.find(f" {word} ")
        before = said[:at].split()[-1:] if at > 0 else []
        if at >= 0 and not (before and before[0] in NOT_ALONE and word.split()[0] not in NOT_ALONE):
            return word
    return ""
