package io.tillstream.acceptance;

import io.tillstream.local.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Access tokens, got as a person at a shell gets them: by {@code deploy/local/token}. */
final class Tokens {
    private static final Map<String, String> BY_USER = new ConcurrentHashMap<>();

    private Tokens() {}

    static String of(String user) {
        return BY_USER.computeIfAbsent(user, Tokens::fetch);
    }

    private static String fetch(String user) {
        ProcessBuilder script = new ProcessBuilder(
                Stack.repository().resolve("deploy/local/token").toString(), user);
        script.environment()
                .put("OIDC_ISSUER", Stack.tillstream().url(Part.IDENTITY).toString());
        try {
            Process process = script.redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new AssertionError("no token for " + user + ": " + output);
            }
            return output;
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cause);
        }
    }
}
