"""Names for people who do not exist."""

from collections.abc import Iterator
from random import Random

FIRST_NAMES = (
    "Abena", "Adeel", "Agnes", "Aisha", "Alan", "Amara", "Anita", "Anneke", "Arun", "Beatrix", "Benedict", "Bryony",
    "Callum", "Carys", "Cecily", "Chidi", "Clement", "Constance", "Dagmara", "Delroy", "Dilys", "Dominic", "Edith",
    "Eleri", "Emeka", "Esther", "Fabian", "Farida", "Felix", "Fergus", "Fiona", "Gareth", "Gita", "Gwen", "Hakim",
    "Harriet", "Hester", "Imran", "Ines", "Isolde", "Ivo", "Jasmin", "Jerome", "Joanna", "Jonas", "Kamala", "Keir",
    "Kofi", "Leila", "Leonie", "Lorcan", "Lucinda", "Mabel", "Magda", "Malik", "Marcia", "Meera", "Miriam", "Nadia",
    "Nerys", "Ngozi", "Noor", "Olive", "Osman", "Owain", "Padma", "Patience", "Petra", "Philippa", "Priya", "Quentin",
    "Rafiq", "Renata", "Rhian", "Rosalind", "Ruben", "Sabina", "Samira", "Selwyn", "Sian", "Solomon", "Sunita",
    "Tamsin", "Tariq", "Teresa", "Tobias", "Ursula", "Verity", "Vikram", "Wanda", "Winston", "Yasmin", "Yusuf", "Zara",
)  # fmt: skip

FAMILY_NAMES = (
    "Abbotsleigh", "Adeyinka", "Aldermoor", "Ashwater", "Bakshi-Lowe", "Barrowfold", "Beckerleigh", "Birchenall",
    "Boateng-Hale", "Brackenridge", "Brindlecote", "Calderwick", "Carrowby", "Chaudhry-Penn", "Cobbleswick",
    "Crannock", "Cuttlebrook", "Dabrowska-Lane", "Dansoh", "Deepwell", "Drakelow", "Dunmallet",
    "Eastergate", "Elverdale", "Emberleigh", "Fallowdene", "Farrowmere", "Fennimoor", "Figgleston", "Fothergate",
    "Garrowhill", "Gillbanks", "Goldacre", "Greenhalf", "Gurung-Pike", "Hallowtree", "Harkaway", "Hazelgrave",
    "Hollinshaw", "Hussain-Marsh", "Inglewick", "Iqbal-Frost", "Jarrowden", "Kestleway", "Kilverton", "Kowalik-Reed",
    "Lambswater", "Larkenby", "Lindermere", "Lowthwaite", "Mallowfield", "Mbeki-Stone", "Merrowdown", "Millbrand",
    "Mistlethwaite", "Nettlefold", "Nwosu-Bright", "Oakenfull", "Okonjo-Bell", "Orchardson", "Osei-Thorne",
    "Otterbourne", "Pellowe", "Pemberthy", "Quarmby", "Quillfeather", "Rahman-Cole", "Ravensdene", "Reedmaster",
    "Rosethorn", "Rowanbeck", "Saltmarshe", "Sandringley", "Selworthy", "Sharrowby", "Silverlock", "Singh-Harper",
    "Sorrelby", "Stillwater", "Swallowcliff", "Tallowin", "Thistlewood", "Thornbeck", "Tillerman",
    "Underhay", "Uppercross", "Vallance-Rye", "Varleigh", "Waterfold", "Wetherlam", "Whinfell", "Willowmere",
    "Winterbank", "Withycombe", "Wraxhall", "Yarrowdale", "Yewtree", "Zielinski-Ash",
)  # fmt: skip


def names(rng: Random) -> Iterator[str]:
    """Full names, each once; no family name comes back before all have been used."""
    given: set[str] = set()
    while True:
        families = rng.sample(FAMILY_NAMES, len(FAMILY_NAMES))
        firsts = rng.sample(FIRST_NAMES, len(FIRST_NAMES))
        fresh = [f"{first} {family}" for first, family in zip(firsts, families, strict=False)]
        yield from (name for name in fresh if name not in given)
        given.update(fresh)


def email_name(name: str) -> str:
    """The part before the @: `tamsin.thornbeck`."""
    return name.lower().replace(" ", ".")
