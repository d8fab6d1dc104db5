"""The HTTP machinery: what resources are made of."""

from common.http import reqparse
from common.http.api import Api, mount
from common.http.resource import Resource
from common.http.shapes import Field, Link, Many, Shape

__all__ = ["Api", "Field", "Link", "Many", "Resource", "Shape", "mount", "reqparse"]
