package io.tillstream.local;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Access tokens of local users, got as a person at a shell gets them: by {@code deploy/local/token}. */
final class SignIn {

    private final Path root;
    private final URI issuer;
    private final Map<String, String> tokens = new ConcurrentHashMap<>();

    /** @param root of the repository */
    SignIn(Path root, URI issuer) {
        this.root = root;
        this.issuer = issuer;
    }

    /** Their passwords are those of {@code ./run}. */
    String token(String user) {
        return tokens.computeIfAbsent(user, this::fetch);
    }

    private String fetch(String user) {
        ProcessBuilder script =
                new ProcessBuilder(root.resolve("deploy/local/token").toString(), user);
        script.environment().put("OIDC_ISSUER", issuer.toString());
        try {
            Process process = script.redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new LocalFailure("no token for " + user + ": " + output);
            }
            return output;
        } catch (IOException cause) {
            throw new LocalFailure("deploy/local/token does not run", cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new LocalFailure("the sign-in of " + user + " was interrupted", cause);
        }
    }
}
