package io.tillstream.web.idempotency;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * One request with a key. The table gets only hashes, and the answer encrypted under the key that the client holds: who
 * reads the table learns neither.
 */
final class KeyedRequest {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String AES = "AES/GCM/NoPadding";
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;

    private final byte[] keyHash;
    private final byte[] requestHash;
    private final byte[] secret;
    private final @Nullable DerivedId derived;
    private final UUID owner = UUID.randomUUID();

    /**
     * The id that the request's handler may give to something that lives on.
     *
     * @param in see {@link io.tillstream.web.Idempotent#idIn()}
     */
    record DerivedId(UUID id, String in) {}

    /** {@code derived} is null where the handler takes none. */
    KeyedRequest(String userId, String endpoint, String key, byte[] body, @Nullable DerivedId derived) {
        this.keyHash = keyHash(userId, endpoint, key);
        this.secret = sha256("answer", userId, endpoint, key);
        this.requestHash = digest().digest(body);
        this.derived = derived;
    }

    @Nullable
    DerivedId derived() {
        return derived;
    }

    byte[] keyHash() {
        return keyHash;
    }

    static byte[] keyHash(String userId, String endpoint, String key) {
        return sha256("key", userId, endpoint, key);
    }

    byte[] requestHash() {
        return requestHash;
    }

    /** This run; another run with the same key is another owner. */
    UUID owner() {
        return owner;
    }

    boolean hasBody(ByteBuffer storedHash) {
        return ByteBuffer.wrap(requestHash).equals(storedHash);
    }

    byte[] sealed(StoredResponse answer) {
        byte[] nonce = new byte[NONCE];
        RANDOM.nextBytes(nonce);
        byte[] encrypted = crypt(Cipher.ENCRYPT_MODE, nonce, answer.toBytes());
        byte[] all = Arrays.copyOf(nonce, NONCE + encrypted.length);
        System.arraycopy(encrypted, 0, all, NONCE, encrypted.length);
        return all;
    }

    StoredResponse opened(byte[] sealed) {
        byte[] nonce = Arrays.copyOf(sealed, NONCE);
        return StoredResponse.read(crypt(Cipher.DECRYPT_MODE, nonce, Arrays.copyOfRange(sealed, NONCE, sealed.length)));
    }

    private byte[] crypt(int mode, byte[] nonce, byte[] text) {
        try {
            Cipher cipher = Cipher.getInstance(AES);
            cipher.init(mode, new SecretKeySpec(secret, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
            return cipher.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Answer of an idempotency key not readable", e);
        }
    }

    /** Each part with its length, so that no two different requests give the same text. */
    private static byte[] sha256(String... parts) {
        MessageDigest digest = digest();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
            digest.update(bytes);
        }
        return digest.digest();
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
