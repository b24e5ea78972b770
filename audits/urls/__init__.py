"""Every address of this floor."""

from audits.urls import (
    actions,
    concerns,
    conflicts,
    cycles,
    forms,
    handover,
    imports,
    programme,
    quality,
    reaudits,
    requests,
    stage1,
    year,
)

urlpatterns = [
    *handover.urlpatterns,
    *year.urlpatterns,
    *cycles.urlpatterns,
    *forms.urlpatterns,
    *reaudits.urlpatterns,
    *stage1.urlpatterns,
    *programme.urlpatterns,
    *actions.urlpatterns,
    *imports.urlpatterns,
    *requests.urlpatterns,
    *conflicts.urlpatterns,
    *quality.urlpatterns,
    *concerns.urlpatterns,
]
