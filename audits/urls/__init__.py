"""Every address of this floor."""

from audits.urls import (
    actions,
    conflicts,
    cycles,
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
    *reaudits.urlpatterns,
    *stage1.urlpatterns,
    *programme.urlpatterns,
    *actions.urlpatterns,
    *imports.urlpatterns,
    *requests.urlpatterns,
    *conflicts.urlpatterns,
    *quality.urlpatterns,
]
