"""The addresses of the desk beside those of one report; before them, for they are more exact."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.review import beside, decisions, many, queues

urlpatterns: list[URLPattern] = [
    path("review/many", many.many, name="review_many"),
    path("review/many/approve", many.many_approve, name="review_many_approve"),
    path("review/many/<int:id>", many.many_done, name="review_many_done"),
    path("review/queues/keep", queues.queue_keep, name="review_queue_keep"),
    path("review/queues/<int:id>/forget", queues.queue_forget, name="review_queue_forget"),
    path("review/<receipt>/beside", beside.beside, name="review_beside"),
    path("review/<receipt>/assign", decisions.assign, name="review_assign"),
    path("reports/<receipt>/remark", decisions.remark, name="report_remark"),
]
