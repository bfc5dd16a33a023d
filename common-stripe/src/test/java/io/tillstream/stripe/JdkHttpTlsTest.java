package io.tillstream.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.stripe.exception.StripeException;
import com.stripe.net.ApiMode;
import com.stripe.net.ApiResource.RequestMethod;
import com.stripe.net.HttpClient;
import com.stripe.net.HttpURLConnectionClient;
import com.stripe.net.RequestOptions;
import com.stripe.net.StripeRequest;
import io.tillstream.stripe.StripeErrors.Verdict;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS is that of the JDK, for stripe-java's own transport and for ours: one trust store, one set of versions. */
class JdkHttpTlsTest {

    private static final int SERVER_NAME = 0;
    private static final int GROUPS = 10;
    private static final int SIGNATURES = 13;
    private static final int APPLICATION_PROTOCOL = 16;
    private static final int VERSIONS = 43;

    private static StripeRequest request(String base, RequestOptions.RequestOptionsBuilder options)
            throws StripeException {
        return StripeRequest.create(
                RequestMethod.POST,
                base + "/v1/payment_intents",
                Map.of("amount", 1),
                options.setApiKey("sk_test_1")
                        .setConnectTimeout(60_000)
                        .setReadTimeout(60_000)
                        .build(),
                ApiMode.V1);
    }

    @Test
    void theFirstMessageOffersWhatStripeJavaOffers() throws Exception {
        assertThat(hello(new JdkHttp())).isEqualTo(hello(new HttpURLConnectionClient()));
        assertThat(hello(new JdkHttp()).get(APPLICATION_PROTOCOL)).isNull(); // HTTP/2 is not offered by either
    }

    /** The cipher suites (-1) and extensions of the first message, seen by a proxy that the client tunnels through. */
    private static Map<Integer, String> hello(HttpClient transport) throws Exception {
        BlockingQueue<Map<Integer, String>> hello = new LinkedBlockingQueue<>();
        try (var proxy = new RawServer()) {
            proxy.then(socket -> {
                RawServer.write(socket, "HTTP/1.1 200 Connection established", new byte[0]);
                hello.add(parsed(socket.getInputStream()));
                return false;
            });
            var options = RequestOptions.builder()
                    .setConnectionProxy(new Proxy(Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", proxy.port())));
            assertThat(catchThrowable(() -> transport.request(request("https://api.stripe.invalid", options))))
                    .isNotNull();
        }
        Map<Integer, String> seen = hello.poll(60, TimeUnit.SECONDS);
        assertThat(seen).isNotNull().containsKeys(SERVER_NAME, VERSIONS);
        return seen;
    }

    private static Map<Integer, String> parsed(InputStream in) throws IOException {
        var record = new DataInputStream(in);
        record.skipNBytes(3); // type, version
        ByteBuffer message = ByteBuffer.wrap(record.readNBytes(record.readUnsignedShort()));
        message.position(4 + 2 + 32); // type, length, version, random
        message.position(message.position() + 1 + message.get(message.position())); // session
        Map<Integer, String> parts = new TreeMap<>();
        parts.put(-1, hex(message, message.getShort()));
        message.position(message.position() + 1 + message.get(message.position())); // compression
        message.getShort(); // length of the extensions
        while (message.hasRemaining()) {
            int type = message.getShort();
            String value = hex(message, message.getShort());
            if (type == SERVER_NAME
                    || type == GROUPS
                    || type == SIGNATURES
                    || type == APPLICATION_PROTOCOL
                    || type == VERSIONS) {
                parts.put(type, value);
            }
        }
        return parts;
    }

    private static String hex(ByteBuffer from, int length) {
        byte[] bytes = new byte[length];
        from.get(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void aServerNobodyVouchesForGetsNothing(@TempDir Path folder) throws Exception {
        try (SSLServerSocket server = selfSigned(folder)) {
            BlockingQueue<Integer> read = new LinkedBlockingQueue<>();
            new Thread(() -> {
                        try (SSLSocket socket = (SSLSocket) server.accept()) {
                            read.add(socket.getInputStream().read());
                        } catch (IOException e) {
                            read.add(-1);
                        }
                    })
                    .start();
            Throwable error = catchThrowable(() -> new JdkHttp()
                    .request(request("https://localhost:" + server.getLocalPort(), RequestOptions.builder())));
            assertThat(StripeErrors.verdict(error)).isEqualTo(Verdict.NOT_SENT);
            assertThat(read.poll(60, TimeUnit.SECONDS)).isEqualTo(-1);
        }
    }

    private static SSLServerSocket selfSigned(Path folder) throws Exception {
        Path store = folder.resolve("store.p12");
        int made = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "one",
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start()
                .waitFor();
        assertThat(made).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }
}
