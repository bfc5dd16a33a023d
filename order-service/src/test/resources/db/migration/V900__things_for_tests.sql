insert into products (id, name, description, amount, currency, active) values
    ('ten-dollars', 'Ten Dollars', 'For tests', 1000, 'usd', true),
    ('five-euros', 'Five Euros', 'For tests', 500, 'eur', true),
    ('sold-out', 'Sold Out', 'For tests', 500, 'usd', false);
