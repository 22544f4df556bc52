"""Numbers of documents in one form: 国务院令第498号, 民发〔2020〕20号."""

import re

from catalogs.matching.numerals import NUMERAL, arabic

# For text whose digits and brackets are folded by ``fold``.
DOCUMENT_NO = re.compile(
    rf"(?P<issuer>国务院、?\s?中央军(?:委|事委员会)|[\u3400-\u9fff]{{2,20}}?)\s?(?:"
    rf"令\s?(?:(?P<order_year>\d{{4}})\s?年)?第?\s?(?P<order>{NUMERAL})\s?号|第\s?(?P<number>{NUMERAL})\s?号\s?令)"
    rf"|(?P<sign>[\u3400-\u9fff]{{1,12}})\s?[\[(〈](?P<year>\d{{4}})[\])〉]\s?第?(?P<serial>{NUMERAL})\s?号"
)
_BEFORE_IT = re.compile(r"^.*(?:根据|依据|依照|按照|参照|中华人民共和国)|^[和与及或见按依年日]")
_FOLD = str.maketrans(
    "０１２３４５６７８９（）［］【】〔〕﹝﹞〖〗＜＞<>«»\u3000\u00a0",
    "0123456789()[][][][][]〈〉〈〉《》  ",
)


def fold(text: str) -> str:
    """Return ``text`` with ASCII digits and one kind of each bracket, every position kept."""
    return text.translate(_FOLD)


def document_key(text: str) -> str:
    """Return the first document number in ``text`` in its one form, or an empty string."""
    found = DOCUMENT_NO.search(fold(text))
    if found is None:
        return ""
    if serial := found["serial"]:
        return f"{_BEFORE_IT.sub('', found['sign'])}〔{found['year']}〕{arabic(serial)}号"
    issuer = re.sub(r"[、\s]", "", _BEFORE_IT.sub("", found["issuer"])).replace("中央军事委员会", "中央军委")
    year = f"{found['order_year']}年" if found["order_year"] else ""
    return f"{issuer}令{year}第{arabic(found['order'] or found['number'])}号"
