"""Every address of this floor."""

from audits.urls import actions, cycles, imports, programme, reaudits, requests, stage1, year

urlpatterns = [
    *year.urlpatterns,
    *cycles.urlpatterns,
    *reaudits.urlpatterns,
    *stage1.urlpatterns,
    *programme.urlpatterns,
    *actions.urlpatterns,
    *imports.urlpatterns,
    *requests.urlpatterns,
]
