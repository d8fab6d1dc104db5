"""Django REST framework as its documentation writes it: a ModelSerializer, a view set, a router.

Its CursorPagination, because the others count a million rows for every page.
"""

import os

import django
from django.core.wsgi import get_wsgi_application
from django.urls import include, path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()

from catalogue.models import Item  # noqa: E402 - models load only after setup()
from rest_framework import filters, pagination, routers, serializers, viewsets  # noqa: E402


class ItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = Item
        fields = "__all__"


class ItemPagination(pagination.CursorPagination):
    page_size = 50
    page_size_query_param = "limit"
    max_page_size = 200
    ordering = "id"


class ItemViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Item.objects.filter(archived_at=None)
    serializer_class = ItemSerializer
    pagination_class = ItemPagination
    filter_backends = (filters.OrderingFilter,)
    ordering_fields = ("id", "name")


router = routers.DefaultRouter(trailing_slash=False)
router.register("items", ItemViewSet)
urlpatterns = [path("", include(router.urls))]
app = get_wsgi_application()
