"""Audit tools and packs of questions: their versions, a draft page by page, and what becomes of it."""

from django.urls import path

from audits.views.forms import outline, parts, preview, publishing

VERSION = "tools/<slug:key>/<int:number>/"

urlpatterns = [
    path("tools/", outline.tool_list, name="tool_list"),
    path("tools/start/", outline.tool_start, name="tool_start"),
    path(VERSION, outline.tool_detail, name="tool_detail"),
    path(f"{VERSION}copy/", outline.tool_copy, name="tool_copy"),
    path(f"{VERSION}throw-away/", outline.tool_throw_away, name="tool_throw_away"),
    path(f"{VERSION}about/", parts.tool_about, name="tool_about"),
    path(f"{VERSION}move/", parts.tool_move, name="tool_move"),
    path(f"{VERSION}undo/", parts.tool_undo, name="tool_undo"),
    path(f"{VERSION}new-section/", parts.tool_section_add, name="tool_section_add"),
    path(f"{VERSION}sections/<str:section>/", parts.tool_section, name="tool_section"),
    path(f"{VERSION}sections/<str:section>/change/", parts.tool_section_change, name="tool_section_change"),
    path(f"{VERSION}sections/<str:section>/remove/", parts.tool_section_remove, name="tool_section_remove"),
    path(f"{VERSION}sections/<str:section>/new-question/", parts.tool_question_add, name="tool_question_add"),
    path(f"{VERSION}questions/<str:question>/", parts.tool_question, name="tool_question"),
    path(f"{VERSION}questions/<str:question>/remove/", parts.tool_question_remove, name="tool_question_remove"),
    path(f"{VERSION}preview/", preview.tool_preview, name="tool_preview"),
    path(f"{VERSION}preview/<str:section>/", preview.tool_preview, name="tool_preview_section"),
    path(f"{VERSION}publish/", publishing.tool_publish, name="tool_publish"),
    path(f"{VERSION}use/", publishing.tool_use, name="tool_use"),
    path(f"{VERSION}retire/", publishing.tool_retire, name="tool_retire"),
    path(f"{VERSION}compare/", publishing.tool_compare, name="tool_compare"),
]
