"""What the invented shop sells: by category, each item's name, unit, price and cost."""

from __future__ import annotations

STORES = (("HARBOUR", "Harbour Street"), ("MARKET", "Market Square"), ("DEPOT", "Depot"))

SHELVES: dict[str, str] = {
    "Food / Tea": """
        Assam broken leaf 250 g|each|6.90|3.10
        Darjeeling first flush 100 g|each|9.80|5.20
        Earl Grey 20 bags|each|3.20|1.35
        Peppermint 20 bags|each|2.60|0.95
        Rooibos vanilla 20 bags|each|2.90|1.10
        Jasmine green tea 100 g|each|5.40|2.40
    """,
    "Food / Coffee": """
        House blend beans 1 kg|each|17.90|9.60
        House blend ground 500 g|each|9.40|5.10
        Espresso beans 1 kg|each|19.50|10.80
        Decaf ground 250 g|each|5.90|3.05
        Chicory coffee 200 g|each|3.70|1.60
    """,
    "Food / Baking": """
        Wheat flour 1 kg|each|1.19|0.52
        Rye flour 1 kg|each|1.49|0.66
        Cane sugar 500 g|each|1.99|0.98
        Baking powder 6 sachets|each|0.89|0.31
        Vanilla pod|each|3.50|1.90
        Dark couverture 200 g|each|3.95|2.05
        Dried yeast 7 g|each|0.45|0.17
    """,
    "Food / Preserves": """
        Apricot jam 340 g|each|3.80|1.75
        Blackcurrant jelly 340 g|each|4.10|1.95
        Lime blossom honey 500 g|each|7.60|4.30
        Pickled gherkins 670 g|each|2.75|1.20
        Sun-dried tomatoes 280 g|each|4.60|2.35
        Coarse mustard 200 ml|each|2.95|1.15
    """,
    "Food / Loose goods": """
        Basmati rice, loose|kg|3.60|1.80
        Red lentils, loose|kg|3.90|1.95
        Rolled oats, loose|kg|2.40|1.05
        Walnuts, loose|kg|14.80|8.90
        Raisins, loose|kg|7.20|3.70
        Sea salt, loose|kg|1.80|0.60
        Green olives, loose|kg|12.50|6.80
    """,
    "Food / Fruit and vegetables": """
        Apples, regional|kg|2.99|1.55
        Bananas|kg|1.99|1.05
        Carrots|kg|1.49|0.62
        Potatoes, waxy|kg|1.79|0.80
        Lemons|each|0.55|0.24
        Avocado|each|1.79|0.95
    """,
    "Drinks / Juice": """
        Cloudy apple juice 1 l|each|2.20|1.05
        Orange juice 1 l|each|2.80|1.45
        Elderflower syrup 500 ml|each|4.90|2.30
        Tomato juice 500 ml|each|1.90|0.85
        Olive oil, on tap|l|11.90|6.70
        Apple vinegar, on tap|l|4.20|1.80
    """,
    "Household / Cleaning": """
        Curd soap 200 g|each|2.30|0.90
        Washing-up liquid, on tap|l|3.90|1.40
        Scrubbing brush|each|4.50|2.10
        Cotton cloths, set of 3|each|6.90|3.00
        Citric acid 350 g|each|3.60|1.50
    """,
    "Household / Kitchen": """
        Beeswax wrap, medium|each|8.90|4.20
        Preserving jar 500 ml|each|2.40|1.15
        Enamel mug|each|9.50|4.80
        Wooden spoon|each|3.20|1.20
        Tea strainer|each|5.80|2.60
        Paper bags 50 pieces|each|2.90|1.10
        Kitchen twine|m|0.35|0.09
    """,
    "Household / Candles": """
        Stearin candle, white|each|1.60|0.65
        Beeswax candle 12 cm|each|4.80|2.45
        Tea lights 30 pieces|each|3.90|1.70
        Matches 10 boxes|each|1.90|0.75
        Storm lantern|each|24.90|13.20
    """,
}
