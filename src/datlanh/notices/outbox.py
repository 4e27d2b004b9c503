"""Sending the outbox: every e-mail until the server took it, or refused it for good.

One is locked, sent and marked in one transaction. A process killed between the server's answer
and the mark sends it again, under the same Message-ID, by which mail programs know the second.
"""

from __future__ import annotations

import datetime as dt
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from datlanh.accounts.models import User
from datlanh.kernel import clock
from datlanh.kernel.text import Text
from datlanh.notices.kinds import KINDS
from datlanh.notices.models import Address, Mail, Notice
from datlanh.notices.selectors import notices_of

WAITS_MIN = (1, 5, 15, 60, 240)  # after each attempt; then every four hours
GIVE_UP_AFTER = dt.timedelta(days=3)
LISTED = 40  # notices an e-mail lists; the pages have all
KEPT_DAYS = 90

CODE_TITLE = Text("Mã xác nhận địa chỉ thư", "Code to confirm your address")
CODE_BODY = Text(
    "Mã của bạn: {code}\n\nNhập mã này ở trang Thông báo. Nếu bạn không yêu cầu, hãy bỏ qua thư.",
    "Your code: {code}\n\nEnter it on the page of notices. If you did not ask for it, ignore this.",
)
TITLE = Text("{count} thông báo", "{count} notices")
MORE = Text("… và {count} thông báo nữa", "… and {count} more")
FOOT = Text(
    "Chọn thư muốn nhận: {link}", "Choose what you are sent: {link}"
)  # fmt: skip


def mails_send(most: int = 200) -> int:
    """Send what is due; how many the server took."""
    sent = 0
    for _ in range(most):
        done = _one()
        if done is None:
            break
        sent += done
    return sent


@transaction.atomic
def _one() -> bool | None:
    due = Mail.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        sent_at=None, given_up_at=None, next_at__lte=clock.now()
    )
    mail = due.select_related("user").order_by("next_at").first()
    if mail is None:
        return None
    address = Address.objects.filter(user=mail.user, refused="").first()
    message = _composed(mail, address) if address else None
    if message is None or address is None:  # nothing left to say, or nobody to say it to
        mail.given_up_at = clock.now()
        mail.code, mail.error = "", "nothing to send"
        mail.save(update_fields=["given_up_at", "code", "error"])
        return False
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as error:
        _failed(mail, address, error)
        return False
    mail.sent_at, mail.code, mail.error = clock.now(), "", ""
    mail.attempts += 1
    mail.save(update_fields=["sent_at", "code", "error", "attempts"])
    return True


def _composed(mail: Mail, address: Address) -> EmailMessage | None:
    """The e-mail in the person's language; None where nothing may be told any more."""
    user, language = mail.user, mail.user.language
    if mail.code:
        title, body = CODE_TITLE.say(language), CODE_BODY.say(language, code=mail.code)
    else:
        if address.confirmed_at is None or not user.is_active:
            return None
        told = _told(mail, user)
        if not told:
            return None
        lines = [_line(n, language) for n in told[:LISTED]]
        if len(told) > LISTED:
            lines.append(MORE.say(language, count=len(told) - LISTED))
        title = lines[0] if len(told) == 1 else TITLE.say(language, count=len(told))
        lines += ["", FOOT.say(language, link=f"{settings.SITE_URL}/notices/")]
        body = "\n".join(lines)
    domain = settings.EMAIL_FROM.rpartition("@")[2].strip("> ") or "localhost"
    return EmailMessage(
        subject=f"Đất Lành: {title}",
        body=body + "\n",
        from_email=settings.EMAIL_FROM,
        to=[address.address],
        headers={"Message-ID": f"<{mail.message}@{domain}>", "Auto-Submitted": "auto-generated"},
        connection=get_connection(timeout=settings.EMAIL_TIMEOUT),
    )


def _told(mail: Mail, user: User) -> list[Notice]:
    """What the e-mail tells: only what the person may see today."""
    visible = notices_of(user, shown_only=False)
    return list(visible.filter(mail=mail).order_by("pk"))


def sentence(notice: Notice, language: str) -> str:
    """What a notice says."""
    return KINDS[notice.kind].sentence.say(language, label=notice.label)


def _line(notice: Notice, language: str) -> str:
    said = sentence(notice, language)
    return f"{said} · {notice.actor_name}" if notice.actor_name else said


def _failed(mail: Mail, address: Address, error: Exception) -> None:
    now = clock.now()
    mail.attempts += 1
    mail.error = f"{type(error).__name__}: {error}"[:500]
    wait = WAITS_MIN[min(mail.attempts, len(WAITS_MIN)) - 1]
    mail.next_at = now + dt.timedelta(minutes=wait)
    if _for_good(error):
        address.refused = mail.error
        address.save(update_fields=["refused"])
        mail.given_up_at = now
    elif now - mail.made_at > GIVE_UP_AFTER:
        mail.given_up_at = now
    if mail.given_up_at:
        mail.code = ""
    mail.save(update_fields=["attempts", "error", "next_at", "given_up_at", "code"])


def _for_good(error: Exception) -> bool:
    """Whether the server refused the address itself, and not only this time."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(500 <= code < 600 for code, _said in error.recipients.values())


@transaction.atomic
def notices_clear() -> int:
    """Forget notices and e-mails of three months ago; the trail they were made from stays."""
    before = clock.now() - dt.timedelta(days=KEPT_DAYS)
    count, _ = Notice.objects.filter(at__lt=before).delete()
    Mail.objects.filter(made_at__lt=before, notices=None).delete()
    return count
