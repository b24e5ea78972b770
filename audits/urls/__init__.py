"""Every address of this floor."""

from audits.urls import actions, cycles, imports, programme, requests, stage1

urlpatterns = [
    *cycles.urlpatterns,
    *stage1.urlpatterns,
    *programme.urlpatterns,
    *actions.urlpatterns,
    *imports.urlpatterns,
    *requests.urlpatterns,
]
