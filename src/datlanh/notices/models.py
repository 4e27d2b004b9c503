"""Notices, how people want them, and the e-mails that carry them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from datlanh.accounts.models import User


class Position(models.Model):
    """Up to which number of the sealed trail notices are made. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    number = models.BigIntegerField(default=0)


class Address(models.Model):
    """Where a person wants e-mail; used once it is confirmed."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="+")
    user_id: int
    address = models.EmailField(max_length=254)
    code = models.CharField(max_length=128, blank=True)  # hashed; "" when there is none
    code_ends_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    refused = models.TextField(blank=True)  # what the mail server said when it refused for good


class Wish(models.Model):
    """How a person wants one kind of notice; without a row, as `kinds.KINDS` has it."""

    id: int
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    user_id: int
    kind = models.CharField(max_length=16)
    is_shown = models.BooleanField(default=True)
    mail = models.CharField(max_length=8)

    class Meta:
        constraints = [
            models.UniqueConstraint("user", "kind", name="notices_wish_once"),
            models.CheckConstraint(
                name="notices_wish_mail_known", condition=Q(mail__in=["off", "once", "digest"])
            ),
        ]


class Mail(models.Model):
    """One e-mail to one person: the outbox. Written when it is composed from its notices."""

    id: int
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    user_id: int
    is_digest = models.BooleanField()
    code = models.CharField(max_length=8, blank=True)  # of a confirmation, until it is sent
    message = models.UUIDField(default=uuid.uuid4, unique=True)  # the same at every attempt
    made_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)  # of the last attempt

    class Meta:
        indexes = [
            models.Index(
                "next_at",
                name="notices_mail_waiting",
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True),
            )
        ]


class Notice(models.Model):
    """One person told of one thing. References only: what is said of persons stays where it is."""

    id: int
    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    user_id: int
    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=40)  # of what it was made: once for each person
    at = models.DateTimeField()  # when it happened
    label = models.CharField(max_length=80)  # the subject's id, as people say it
    place = models.CharField(max_length=120, blank=True)  # what to open: "report:BC-2026-000001"
    organisation_id = models.BigIntegerField(null=True)  # whose data it names
    actor_name = models.CharField(max_length=160, blank=True)
    is_shown = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True)
    mailing = models.CharField(max_length=8, default="off")  # as `kinds.MAILS`
    mail = models.ForeignKey(Mail, models.SET_NULL, null=True, related_name="notices")

    class Meta:
        constraints = [models.UniqueConstraint("user", "key", name="notices_notice_once")]
        indexes = [
            models.Index("user", "id", name="notices_notice_mine"),
            models.Index(
                "user",
                name="notices_notice_unread",
                condition=Q(read_at__isnull=True, is_shown=True),
            ),
            models.Index(
                "user",
                name="notices_notice_to_mail",
                condition=Q(mailing__in=["once", "digest"], mail__isnull=True),
            ),
        ]
