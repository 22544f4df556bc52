from django.urls import path

from supervision import views

urlpatterns = [
    path("complaints/", views.complaints, name="complaints"),
    path("complaints/draft/<int:pk>/", views.complaint_draft, name="complaint_draft"),
    path("complaints/<int:pk>/", views.complaint, name="complaint"),
    path("complaints/<int:pk>/drop/", views.complaint_drop, name="complaint_drop"),
]
