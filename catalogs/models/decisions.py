"""What is decided on a row of a list, and which clause of the notice each decision rests on."""

from django.db import models


class Decision(models.TextChoices):
    UNDECIDED = "undecided", "未审"
    KEEP = "keep", "予以保留"
    AMEND = "amend", "修改后保留"
    REJECT = "reject", "不予保留"
    RETURN = "return", "退回修改"


KEPT = (Decision.KEEP, Decision.AMEND)


class RejectCode(models.TextChoices):
    """Why a certificate is not kept (二(一)、二(二)、三(二))."""

    NO_BASIS = "no_basis", "没有法律法规依据"
    REPEALED = "repealed", "依据已废止或失效"
    NOT_DUTY = "not_duty", "不属于村（居）民委员会职责范围"
    BANNED = "banned", "属于不应出具事项"
    SHAREABLE = "shareable", "可通过信息共享或部门核验取得"
    PROMISE = "promise", "可由告知承诺制替代"
    OTHER_BODY = "other_body", "应由其他部门出具"
    DUPLICATE = "duplicate", "与其他事项重复"
    UNNECESSARY = "unnecessary", "没有必要或不合理"
    REFUSED = "refused", "政府未予批准"
    OTHER = "other", "其他原因"


NOTICE = "桂民规〔2020〕3号"
# The clause that each reason for not keeping a row comes from; the rest of the review rests on 二(二).
REJECT_CLAUSES: dict[str, str] = {
    RejectCode.NO_BASIS: "二(二)、三(二)",
    RejectCode.REPEALED: "二(二)",
    RejectCode.NOT_DUTY: "二(二)",
    RejectCode.BANNED: "三(二)、附件1",
    RejectCode.SHAREABLE: "二(四)",
    RejectCode.PROMISE: "二(五)",
    RejectCode.OTHER_BODY: "三(二)",
    RejectCode.DUPLICATE: "一(二)",
    RejectCode.UNNECESSARY: "二(二)",
    RejectCode.REFUSED: "二(二)",
    RejectCode.OTHER: "二(二)",
}
