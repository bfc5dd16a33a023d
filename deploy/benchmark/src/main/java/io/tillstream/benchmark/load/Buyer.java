package io.tillstream.benchmark.load;

import java.io.IOException;
import java.net.URI;
import java.util.UUID;

/** Buys one book after the other at a gateway, each paid by a new card with the order. */
public final class Buyer implements Work {
    private static final String CART = "{\"items\":[{\"productId\":\"tidal-maps\",\"quantity\":1}],"
            + "\"payment\":{\"method\":\"card\",\"paymentMethodId\":\"pm_card_visa\"}}";

    private final HttpConnection connection;
    private final String headers;

    public Buyer(URI gateway, String token) {
        this.connection = new HttpConnection(gateway);
        this.headers = "Authorization: Bearer " + token + "\r\nContent-Type: application/json\r\nIdempotency-Key: ";
    }

    @Override
    public void once() throws IOException {
        HttpConnection.Answer answer =
                connection.send("POST", "/api/orders", headers + UUID.randomUUID() + "\r\n", CART);
        if (answer.status() != 201 || !answer.body().contains("\"status\":\"succeeded\"")) {
            throw new WrongAnswer("POST /api/orders", answer);
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
