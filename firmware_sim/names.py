"""Names to invent people from: as mixed as the people in a Dutch office."""

# fmt: off
GIVEN = (
    "Sanne", "Daan", "Fatima", "Willem", "Aisha", "Bram", "Yara", "Thijs", "Noor", "Mehmet",
    "Lotte", "Ravi", "Emma", "Youssef", "Femke", "Jeroen", "Mei", "Lars", "Imane", "Pieter",
    "Zeynep", "Koen", "Anouk", "Samuel", "Priya", "Ruben", "Eva", "Omar", "Marloes", "Joost",
    "Amina", "Sven", "Ingrid", "Kofi", "Hanna", "Diego", "Maaike", "Tariq", "Roos", "Viktor",
    "Leila", "Gijs", "Naomi", "Hendrik", "Salma", "Fleur", "Matteo", "Wietske", "Idris",
    "Jasmijn", "Teun", "Chantal", "Arjun", "Nienke", "Malik", "Saskia", "Tomasz", "Esra", "Bas",
    "Lin",
)
FAMILY = (
    "de Vries", "Yilmaz", "Jansen", "El Amrani", "Bakker", "van Dijk", "Singh", "Visser", "Smit",
    "Nguyen", "Mulder", "Bouzid", "de Boer", "Kaya", "Hendriks", "van Leeuwen", "Owusu",
    "Dekker", "Brouwer", "Martina", "de Wit", "Dijkstra", "Kowalska", "Vos", "Peters", "Demir",
    "van der Meer", "Chen", "Kok", "Haddad", "Jacobs", "van Beek", "Sharma", "Postma", "Lopes",
    "Hoekstra", "Koster", "Wibowo", "Prins", "Blom", "Huisman", "Tesfaye", "Kuipers",
    "van Loon", "Ramdin", "Willems", "Schouten", "Okafor",
)
# fmt: on
