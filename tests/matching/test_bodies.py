"""Who a cell says asks for the certificate."""

import pytest

from catalogs.matching import Asker, PublicBodies
from catalogs.reference_files import known_from_fixtures

BODIES = known_from_fixtures().bodies


@pytest.mark.parametrize(
    "text",
    [
        "民政部门",
        "南宁市民政局",
        "县级以上人民政府民政部门",
        "民政局婚姻收养登记机关",
        "三塘镇人民政府",
        "上林县人民政府",
        "乡镇人民政府、农业农村部门",
        "公安派出所/社区警务室",
        "公安",
        "市公安",
        "柳州市法律援助中心",
        "司法局（公证机构）",
        "兴宁区人民法院",
        "检察院",
        "人力资源和社会保障局",
        "县级财政主管部门",
        "就读学校、教育局",
        "市场举办者、市场监管部门",
        "民政局及某某公司",
        "中国人民银行南宁中心支行",
        "市人大常委会",
        "残联",
    ],
)
def test_public_bodies(text: str) -> None:
    assert BODIES.asker(text) is Asker.PUBLIC


@pytest.mark.parametrize(
    "text", ["银行", "各银行网点", "建设银行南宁分行", "教育咨询有限公司", "物业服务企业", "用人单位"]
)
def test_enterprises(text: str) -> None:
    assert BODIES.asker(text) is Asker.ENTERPRISE


@pytest.mark.parametrize("text", ["村民选举委员会", "张某", "不定", "有关单位", "本村交通要道旁"])
def test_what_is_not_known(text: str) -> None:
    assert BODIES.asker(text) is Asker.UNKNOWN


def test_without_names_nothing_is_known() -> None:
    assert PublicBodies([]).asker("民政局") is Asker.UNKNOWN


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("南宁市公安局", "公安部门"),
        ("公安派出所/社区警务室", "公安部门"),
        ("县级财政主管部门", "财政部门"),
        ("建设银行南宁分行", "银行"),
        ("公安局、民政局", ""),
        ("某某公司", ""),
        ("三塘镇人民政府", "乡镇人民政府（街道办事处）"),
        ("户籍窗口", ""),
        ("", ""),
    ],
)
def test_what_the_one_body_is_called(text: str, name: str) -> None:
    assert BODIES.body(text) == name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("公安局、民政局", {"公安部门", "民政部门"}),
        ("南宁市人民政府", set()),
        ("自治区人民政府及其部门", set()),
        ("南宁市人民政府、不动产登记机构", {"不动产登记机构"}),
        ("县级以上人民政府民政部门", {"民政部门"}),
        ("住房和城乡建设局", {"住房城乡建设部门"}),
        ("人力资源和社会保障局；某某公司", {"人力资源社会保障部门"}),
        ("街道（乡镇）社区戒毒社区康复机构", {"社区戒毒社区康复机构"}),
        ("司法局（公证机构）", {"司法行政部门", "公证机构"}),
        ("户籍窗口", set()),
        ("", set()),
    ],
)
def test_all_bodies_that_a_text_names(text: str, names: set[str]) -> None:
    found = BODIES.bodies(text)
    assert set(found) == names
    assert len(found) == len(names)
