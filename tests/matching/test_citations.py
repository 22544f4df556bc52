"""A legal basis as people write it → the laws cited and where in them."""

import time

import pytest

from catalogs.matching import citations
from catalogs.matching.document_numbers import document_key
from catalogs.matching.numerals import arabic

KNOWN = {"森林法", "中华人民共和国森林法", "土地管理法", "婚姻法", "信访条例", "物业管理条例"}


def read(text: str) -> list[tuple[str, str, list[str]]]:
    return [
        (one.title, one.document_no, [str(article) for article in one.articles])
        for one in citations(text, KNOWN.__contains__)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("《甲法》第十五条", [("甲法", "", ["第15条"])]),
        ("《甲条例》（国务院令第498号）第15条", [("甲条例", "国务院令第498号", ["第15条"])]),
        ("国务院令第498号《甲条例》第十五条", [("甲条例", "国务院令第498号", ["第15条"])]),
        ("《甲办法》民政部令第１４号第５条", [("甲办法", "民政部令第14号", ["第5条"])]),
        ("《甲条例》第十五条（国务院令第498号）", [("甲条例", "", ["第15条"])]),
        ("《甲条例》（2007年5月28日国务院令第498号公布）第1条", [("甲条例", "国务院令第498号", ["第1条"])]),
        ("《甲条例》（2018年修正）（国务院第7号令）第一条", [("甲条例", "国务院令第7号", ["第1条"])]),
        (
            "《甲法》第五条、第七条第二款第（三）项，同法第十七条之一",
            [("甲法", "", ["第5条", "第7条第2款第（3）项", "第17条之1"])],
        ),
        ("《甲法》第四十七条和第四十八条规定", [("甲法", "", ["第47条", "第48条"])]),
        ("《甲法》第62条第1、2款", [("甲法", "", ["第62条第1款", "第62条第2款"])]),
        ("《甲法》第五、六条", [("甲法", "", ["第5条", "第6条"])]),
        (
            "《甲法》第一千一百二十三条至第一千一百二十五条",
            [("甲法", "", ["第1123条", "第1125条"])],
        ),
        ("《甲法》第二章第 十 条（二）", [("甲法", "", ["第10条第（2）项"])]),
        ("《甲法》规定：第五条", [("甲法", "", ["第5条"])]),
        ("《甲法典》继承编第一章第5条", [("甲法典", "", ["第5条"])]),
        ("《甲法》58条", [("甲法", "", ["第58条"])]),
        ("《甲法》实施办法第五条", [("甲法实施办法", "", ["第5条"])]),
        ("《甲法》的解释（二）第五条", [("甲法解释（二）", "", ["第5条"])]),
        ("《甲法第五条》", [("甲法", "", ["第5条"])]),
        ("<<甲法>>第5条", [("甲法", "", ["第5条"])]),
        ("《甲法》", [("甲法", "", [])]),
        ("《甲法第五条，《乙法》第六条", [("甲法", "", ["第5条"]), ("乙法", "", ["第6条"])]),
        ("《关于甲工作的通知》（民发[2020]20号）三（二）", [("关于甲工作的通知", "民发〔2020〕20号", [""])]),
        ("桂政发【2015】12号", [("", "桂政发〔2015〕12号", [])]),
    ],
)
def test_one_law(text: str, expected: list[tuple[str, str, list[str]]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "title",
    [
        "最高人民法院关于适用〈中华人民共和国民事诉讼法〉的解释",
        "上海市实施《妇女权益保障法》办法",
    ],
)
def test_a_title_within_a_title_is_part_of_it(title: str) -> None:
    assert read(f"《{title}》第八十八条") == [(title, "", ["第88条"])]


def test_several_laws_in_one_cell() -> None:
    assert read("1.《甲法》第五条；2.《乙条例》（国务院令第1号）\n根据民发〔2020〕20号附件第1项") == [
        ("甲法", "", ["第5条"]),
        ("乙条例", "国务院令第1号", []),
        ("", "民发〔2020〕20号", [""]),
    ]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("根据中华人民共和国森林法第五十八条、土地管理法第62条", ["中华人民共和国森林法", "土地管理法"]),
        ("森林法", ["森林法"]),
        ("森林法、土地管理法", ["森林法", "土地管理法"]),
        ("申请人应当依照森林法第五条提交", ["森林法"]),
        ("某某条例第五条", ["某某条例"]),  # unknown, but at the beginning and with an article
        ("广东省信访条例第五条", ["广东省信访条例"]),  # another law than 信访条例
        ("由村委会按有关规定办理", []),
        ("第十五条", []),
        ("携带《居民户口簿》《出生医学证明》办理", []),
    ],
)
def test_titles_without_book_marks(text: str, titles: list[str]) -> None:
    assert [title for title, _, _ in read(text)] == titles


@pytest.mark.parametrize(
    "quoted",
    [
        "申请人应当依照《乙法》第三条的规定提交材料。",
        "应当提交下列材料：（一）《出生医学证明》；（二）依照森林法第五条办理的证明。",
        "根据《乙条例》制定的办法，由民发〔2020〕20号规定。",
    ],
)
def test_a_law_that_the_quoted_article_mentions_is_not_cited(quoted: str) -> None:
    assert read(f"《甲法》第五条 {quoted}") == [("甲法", "", ["第5条"])]


@pytest.mark.parametrize("words", ["规定，参照", "：“居民应当依照《丙法》提交”、", "（居民）和", "以及"])
def test_a_citation_that_goes_on(words: str) -> None:
    text = f"《甲法》第五条{words}《乙法》第六条"
    assert read(text) == [("甲法", "", ["第5条"]), ("乙法", "", ["第6条"])]


@pytest.mark.parametrize("between", ["。", "；", "\n", "\n2."])
def test_a_new_citation_after_quoted_words(between: str) -> None:
    text = f"《甲法》第五条 居民应当提交材料{between}《乙法》第六条 居民可以申请"
    assert read(text) == [("甲法", "", ["第5条"]), ("乙法", "", ["第6条"])]


def test_another_article_of_the_law_on_a_line_of_its_own() -> None:
    text = "《甲法》第五条 居民应当提交材料。\n第七条 居民可以申请。"
    assert read(text) == [("甲法", "", ["第5条", "第7条"])]


def test_where_a_citation_stands() -> None:
    text = "依据：《甲法》（1998年修订）第五条 居民"
    (one,) = citations(text)
    assert text[one.start : one.end] == "《甲法》（1998年修订）第五条"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("498", "498"),
        ("007", "7"),
        ("十", "10"),
        ("二十一", "21"),
        ("一百零三", "103"),
        ("一千二百六十", "1260"),
    ],
)
def test_numerals(written: str, expected: str) -> None:
    assert arabic(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("中华人民共和国国务院令第４９８号", "国务院令第498号"),
        ("国务院令第四百九十八号", "国务院令第498号"),
        ("国务院、中央军事委员会令第602号", "国务院中央军委令第602号"),
        ("农业部令2010年第9号", "农业部令2010年第9号"),
        ("根据桂民规（2020）3号", "桂民规〔2020〕3号"),
        ("法释﹝2015﹞5号", "法释〔2015〕5号"),
        ("第15号", ""),
    ],
)
def test_document_numbers_have_one_form(written: str, expected: str) -> None:
    assert document_key(written) == expected


@pytest.mark.parametrize(
    "cell",
    [
        "《甲法》第五条" + "依据" * 8000 + "《乙法》",
        "《" * 20_000,
        "（" * 20_000,
        " " * 20_000,
        "法第" * 10_000,
        "一" * 20_000,
        "1、" * 10_000,
        "《甲法》第五条，" * 2500,
        "国务院" * 7000,
    ],
)
def test_a_long_cell_of_anything_is_read_at_once(cell: str) -> None:
    began = time.process_time()
    citations(cell)
    assert time.process_time() - began < 1
