-- A small book shop to try things with; CATALOG_SEED=false leaves the catalog empty. What an operator
-- has changed since stays as it is.
insert into products (id, name, description, amount, currency)
select * from (values
    ('the-quiet-harbor', 'The Quiet Harbor', 'A novel of two sisters and a lighthouse. Paperback, 312 pages.', 1499, 'usd'),
    ('tidal-maps', 'Tidal Maps', 'How people learned to draw the sea. Hardcover with 80 plates.', 3950, 'usd'),
    ('bread-by-the-hour', 'Bread by the Hour', 'Sixty loaves for people with little time.', 2495, 'usd'),
    ('a-ledger-of-small-things', 'A Ledger of Small Things', 'Short stories about money and what it cannot buy.', 1299, 'usd'),
    ('gears-and-springs', 'Gears and Springs', 'Clockwork from water clocks to wristwatches.', 2850, 'usd'),
    ('night-trains', 'Night Trains', 'Eleven journeys through sleeping countries.', 1799, 'usd'),
    ('the-long-invoice', 'The Long Invoice', 'A comic crime novel from the accounts department.', 999, 'usd'),
    ('stars-for-the-balcony', 'Stars for the Balcony', 'A year of looking up, without a telescope.', 2199, 'usd'),
    ('garten-ohne-zaun', 'Garten ohne Zaun', 'Wild gardens in the city. In German.', 2400, 'eur'),
    ('le-cafe-des-cartes', 'Le Café des Cartes', 'A graphic novel, in French.', 1850, 'eur'),
    ('kawa-no-uta', 'Kawa no Uta', 'Poems of the river, in Japanese with notes.', 1800, 'jpy')
) as book (id, name, description, amount, currency)
where '${catalogSeed}' = 'true'
on conflict (id) do nothing;
