"""Every address of this floor."""

from audits.urls import (
    actions,
    concerns,
    conflicts,
    cycles,
    findings,
    forms,
    handover,
    imports,
    programme,
    quality,
    reaudits,
    requests,
    stage1,
    themes,
    year,
)

urlpatterns = [
    *handover.urlpatterns,
    *year.urlpatterns,
    *cycles.urlpatterns,
    *forms.urlpatterns,
    *reaudits.urlpatterns,
    *stage1.urlpatterns,
    *findings.urlpatterns,
    *themes.urlpatterns,
    *programme.urlpatterns,
    *actions.urlpatterns,
    *imports.urlpatterns,
    *requests.urlpatterns,
    *conflicts.urlpatterns,
    *quality.urlpatterns,
    *concerns.urlpatterns,
]
