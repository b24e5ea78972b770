"""Every address of this floor."""

from audits.urls import actions, programme, stage1

urlpatterns = [*stage1.urlpatterns, *programme.urlpatterns, *actions.urlpatterns]
