package io.tillstream.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.text.ParseException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The key that signs tokens, kept in a folder when one is set: tokens then outlive a restart. */
final class SigningKey {
    private static final int BITS = 2048;
    private static final String FILE = "signing-key.json";

    private SigningKey() {}

    static RSAKey in(@Nullable String folder) {
        try {
            if (folder == null || folder.isBlank()) {
                return fresh();
            }
            Path file = Path.of(folder, FILE);
            if (Files.exists(file)) {
                return RSAKey.parse(Files.readString(file));
            }
            RSAKey key = fresh();
            write(key, file);
            return key;
        } catch (IOException cause) {
            throw new UncheckedIOException("The signing key in " + folder + " cannot be read or written", cause);
        } catch (ParseException | JOSEException cause) {
            throw new IllegalStateException("The signing key in " + folder + " is not usable: delete it", cause);
        }
    }

    private static RSAKey fresh() throws JOSEException {
        return new RSAKeyGenerator(BITS)
                .keyUse(KeyUse.SIGNATURE)
                .algorithm(JWSAlgorithm.RS256)
                .keyID(UUID.randomUUID().toString())
                .generate();
    }

    /** Moved into place at once, so that a stop half-way leaves no half key; a temporary file is its owner's only. */
    private static void write(RSAKey key, Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path draft = Files.createTempFile(file.toAbsolutePath().getParent(), FILE, ".tmp");
        Files.writeString(draft, key.toJSONString());
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
