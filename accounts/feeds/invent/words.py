"""The words that invented people, streets and towns are made of."""

SURNAMES = """
ACACIA ADOUR AIGUEBELLE AISNE AJONC ALBIREO ALCYONE ALDEBARAN ALGOL ALIZIER ALLIER ALTAÏR ANTARÈS ARCTURUS ARDÈCHE
ARGOUSIER ARIÈGE ARMANÇON ARROUX AUBE AUBÉPINE AUDE AULNE AVEYRON AVRE BAOBAB BELLATRIX BÉTELGEUSE BLAISE BOULEAU
BOURDAINE BRESLE BRUYÈRE BUIS CANCHE CANOPUS CAPELLA CASTOR CÈDRE CHARENTE CHARME CHASSEZAC CHÂTAIGNIER CHÊNE
CHER CHIERS CIRON CLAIN CORMIER CORNOUILLER COUDRIER CREUSE CYPRÈS CYTISE DENDRE DENEB DORDOGNE DOUBS
DRAC DRÔME DRONNE DUBHE DURANCE ÉBÈNE ÉGLANTIER ELECTRA ÉPICÉA ÉRABLE ERDRE ESCAUT ESSONNE EURE FOMALHAUT FRAMBOISIER
FRÊNE FUSAIN GARDON GARONNE GARTEMPE GENÊT GENÉVRIER GÉRON GERS GIFFRE GLÉNAN GRENADIER GROSEILLIER HALLUE HAMAL HÉRAULT
HÊTRE HOUX IF ILL INDRE INDROIS ISÈRE ISLE IZAR JONQUIÈRE JUINE KOCHAB LAURIER LÈDE LERGUE LIANE LIÈGE LIGNON LILAS
LOING LOIR LOIRET LOT LOUE MAÏA MARKAB MARNE MARSANGE MAYENNE MÉLÈZE MÉRAK MEUSE MIMOSA MIRACH MIZAR MORELLE MOSELLE
MÛRIER NÉFLIER NIÈVRE NIVELLE NOISETIER NOYER ODET OGNON OISE OLIVIER ORB ORGE ORME ORNAIN ORNE OSIER OURCQ OUVÈZE
PALMIER PEUPLIER PIN PLATANE PLÉIONE POLARIS POLLUX POMMIER PROCYON PRUNIER RANCE RASALHAGUE RÉGULUS RIGEL
ROBINIER RONCERAY SAMBRE SANTAL SAÔNE SAPIN SARTHE SAULE SAULX SAVE SCARPE SEMOY SÈVRE SIRIUS SORBIER SORGUE SPICA
SUIPPE SUREAU TAMARIS TARDENOIS TARN TAYGÈTE THÉRAIN TILLEUL TOUQUES TREMBLE TROÈNE VANNE VAR VÉGA VENDÉE VERDON VESLE
VÉZÈRE VIAUR VIENNE VILAINE VIORNE VIRE YONNE YERRES YSER
""".split()  # noqa: SIM905 - a word a line hides more than it shows

PARTICLES = ("DE ", "DE LA ", "LE ", "VAN DER ", "EL ", "DA ")

GIRLS = """
Adèle Agathe Aïcha Aïssatou Alice Alix Aliyah Amina Anaïs Ana-Sofia Angèle Anne-Charlotte Aurore Awa Aya Ayşe Bérénice
Bintou Camille Capucine Célestine Célia Chaïma Charlotte Chloé Clarisse Clémence Coline Diane Djeneba Élise Éloïse Elif
Emma Emma-Louise Esther Ève Fanny Fatou Fatoumata Garance Gwenaëlle Hafsa Hélène Héloïse Inaya Inès Ioana Iris Jade
Jeanne Joséphine Juliette Kenza Khadija Laëtitia Lamia Léa Leïla Léonie Lina Linh Loreleï Lou Lou-Anne Louise Maëlle
Maëlys Maïwenn Manon Margaux Maria-João Mariam Marie-Ange Marie-Élisabeth Mathilde Mélissa Mélusine Mila Myriam Nadège
Naïma Ninon Noémie Nolwenn Nour Océane Ombeline Oumou Pénélope Rim Romane Rose Salomé Samira Sara Sélène Séverine Sirine
Soline Sophie Suzanne Tess Thaïs Thi-Mai Valentine Victoire Yaëlle Yasmine Zélie Zeynep Zoé Zuzanna
""".split()  # noqa: SIM905

BOYS = """
Abdoulaye Adam Adrien Aimé Alassane Amadou Ambroise Amine Anatole André-Louis Antonin Arthur Augustin Aurélien Axel
Ayoub Bartosz Basile Bilal Björn Célestin Cheick Côme Constantin Corentin Cyprien Diego Djibril Élie Eliott Émile Emre
Enzo Étienne Ewen Félix François-Xavier Gabin Gabriel Gaël Gaspard Grégoire Hamza Hector Hugo Ibrahim Idriss Ilyes
Isaac Ismaël Jean-Baptiste Jean-Noé João Joël Jules Kaïs Karim Kévin Kylian Léandre Léo Léon Léopold Liam Loïc Loïs
Louis Louis-Marie Lucas Luís Maël Maëlan Malo Mamadou Marceau Martin Mathéo Matteo Maxence Mehdi Melvin Mohamed-Amine
Moussa Naël Nathan Nicolás Nino Noah Noé Octave Omar Oscar Ousmane Pablo Paul Paul-Émile Pierre Quentin Raphaël Rayan
Rémi Robin Romaric Sacha Salim Samuel Sandro Sébastien Siméon Soren Stanisław Théo Théodore Thibault Tidiane Timéo Tiago
Tom Tristan Ulysse Valère Victor Wassim Yann Yanis Youssef Yvain Zacharie
""".split()  # noqa: SIM905

STREETS = (
    "rue du Moulin", "rue de la Forêt", "avenue des Étoiles", "chemin des Frênes", "rue de la Vesle",
    "impasse du Lavoir", "place de l’Orme", "boulevard de la Marne", "allée des Tilleuls", "rue Grande",
    "quai de l’Aube", "sente du Héron",
)  # fmt: skip

TOWNS = (
    ("51099", "BELLE-ÉTOILE"), ("51098", "FRÊNES-SUR-VESLE"), ("51097", "SAINT-ALTAÏR"), ("10099", "SAULES-EN-OTHE"),
    ("08099", "L’ORME-LES-AULNES"), ("52099", "RIGEL-LE-CHÂTEAU"),
)  # fmt: skip

SUBJECTS = (
    ("990100", "FRANCAIS"), ("990200", "MATHEMATIQUES"), ("990301", "ANGLAIS LV1"), ("990302", "ALLEMAND LV2"),
    ("990303", "ESPAGNOL LV2"), ("990400", "HISTOIRE-GEOGRAPHIE"), ("990500", "SCIENCES DE LA VIE ET DE LA TERRE"),
    ("990600", "EDUCATION PHYSIQUE ET SPORTIVE"), ("990700", "ARTS PLASTIQUES"),
)  # fmt: skip
