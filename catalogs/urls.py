from django.urls import path

from catalogs.views import files, history, public, workbench

urlpatterns = [
    path("workbench/", workbench.rounds, name="workbench"),
    path("workbench/blank-form/", workbench.blank_form, name="blank_form"),
    path("workbench/rounds/<int:pk>/", workbench.round_page, name="round"),
    path("workbench/rounds/<int:pk>/upload/", workbench.upload, name="upload"),
    path("workbench/rounds/<int:pk>/start/", workbench.start, name="start"),
    path("workbench/lists/<int:pk>/", workbench.submission_page, name="submission"),
    path("workbench/lists/<int:pk>/add-row/", workbench.add_row, name="add_row"),
    path("workbench/lists/<int:pk>/submit/", workbench.submit, name="submit"),
    path("workbench/lists/<int:pk>/new-version/", workbench.new_version, name="new_version"),
    path("workbench/lists/<int:pk>/download/", workbench.download, name="download"),
    path("workbench/rows/<int:pk>/edit/", workbench.edit_row, name="edit_row"),
    path("workbench/rows/<int:pk>/delete/", workbench.delete_row, name="delete_row"),
    path("uploads/<int:pk>/", files.original, name="original"),
    path("history/lists/<int:pk>/", history.submission_history, name="submission_history"),
    path("lists/", public.cities, name="cities"),
    path("lists/<slug:code>/", public.city_list, name="city_list"),
    path("lists/<slug:code>/editions/<int:number>/", public.edition_page, name="edition"),
    path(
        "lists/<slug:code>/editions/<int:number>/download/",
        public.edition_download,
        name="edition_download",
    ),
    path("banned/", public.banned, name="banned"),
]
