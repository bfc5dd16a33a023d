package io.tillstream.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * Walks over endpoints that derive ids from idempotency keys: whatever the first request came to, its key is refused
 * with another body, also after the key expired, and taken with its own.
 */
public final class IdempotencyKeyReuseCheck {

    private static final String REUSED = "idempotency-key-reused";

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;
    private final String token;
    private final TestPostgres.Database database;

    public IdempotencyKeyReuseCheck(String url, String token, TestPostgres.Database database) {
        this.url = url;
        this.token = token;
        this.database = database;
    }

    /** The endpoints at which a key came to stand for something else; none, if all is well. */
    public List<String> thatForgetTheirRequest(Collection<String> paths) {
        List<String> forgetful = new ArrayList<>();
        for (String path : paths) {
            String key = UUID.randomUUID().toString();
            String concrete = path.replaceAll("\\{\\w+}", UUID.randomUUID().toString());
            boolean first = isRefused(concrete, key, "first");
            boolean other = isRefused(concrete, key, "other");
            expireAll("1 second");
            boolean late = isRefused(concrete, key, "other");
            boolean same = isRefused(concrete, key, "first");
            if (first || !other || !late || same) {
                forgetful.add(path);
            }
        }
        return forgetful;
    }

    /** The endpoints at which one key is another one where the path spells the same id in capitals. */
    public List<String> thatTellSpellingsApart(Collection<String> paths) {
        List<String> apart = new ArrayList<>();
        for (String path : paths) {
            String key = UUID.randomUUID().toString();
            String id = "abcdef" + UUID.randomUUID().toString().substring(6); // has letters
            String concrete = path.replaceAll("\\{\\w+}", id);
            boolean first = isRefused(concrete, key, "first");
            boolean other = isRefused(path.replaceAll("\\{\\w+}", id.toUpperCase(Locale.ROOT)), key, "other");
            if (first || !other) {
                apart.add(path);
            }
        }
        return apart;
    }

    /** The endpoints at which keys of refused requests stay for ever, whoever sends them, though nothing has their ids. */
    public List<String> thatKeepEachKey(Collection<String> paths, Runnable cleanUp) {
        List<String> keeping = new ArrayList<>();
        for (String path : paths) {
            String key = UUID.randomUUID().toString();
            String concrete = path.replaceAll("\\{\\w+}", UUID.randomUUID().toString());
            int first = sent(concrete, key, "first").statusCode();
            expireAll("31 days");
            cleanUp.run();
            boolean wasRefused = first / 100 == 4; // where no body is asked for, something may have come of it
            if (wasRefused && isRefused(concrete, key, "other")) {
                keeping.add(path);
            }
        }
        return keeping;
    }

    private boolean isRefused(String path, String key, String body) {
        HttpResponse<String> answer = sent(path, key, body);
        return answer.statusCode() == 422 && answer.body().contains(REUSED);
    }

    private HttpResponse<String> sent(String path, String key, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString("{\"walk\":\"" + body + "\"}"))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(path, e);
        }
    }

    private void expireAll(String ago) {
        try (Connection connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute("update idempotency_keys set expires_at = now() - interval '" + ago + "'");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
