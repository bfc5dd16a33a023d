package io.tillstream.chaos.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {
    private static final int LIMIT = 60_000;

    private ServerSocket server;
    private TcpProxy proxy;

    @BeforeEach
    void anEchoBehindAProxy() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread echo = new Thread(this::echo);
        echo.setDaemon(true);
        echo.start();
        proxy = TcpProxy.to(() -> List.of(server.getLocalPort()));
    }

    @AfterEach
    void close() throws IOException {
        proxy.close();
        server.close();
    }

    private void echo() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread one = new Thread(() -> {
                    try (client) {
                        client.getInputStream().transferTo(client.getOutputStream());
                    } catch (IOException cut) {
                        // as the test wants it
                    }
                });
                one.setDaemon(true);
                one.start();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private Socket connect() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        client.setSoTimeout(LIMIT);
        return client;
    }

    private static int said(Socket client, int word) throws IOException {
        client.getOutputStream().write(word);
        return client.getInputStream().read();
    }

    private static boolean isEnded(Socket client) {
        try {
            return said(client, 1) < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void whatIsSaidArrivesInBothDirections() throws IOException {
        try (Socket client = connect()) {
            assertThat(said(client, 42)).isEqualTo(42);
            assertThat(said(client, 43)).isEqualTo(43);
        }
    }

    @Test
    void aCutEndsWhatIsOpenAndRefusesWhatIsNewUntilItIsRestored() throws IOException {
        try (Socket open = connect()) {
            assertThat(said(open, 42)).isEqualTo(42);

            proxy.cut();

            assertThat(isEnded(open)).isTrue();
            try (Socket late = connect()) {
                assertThat(isEnded(late)).isTrue();
            }
            proxy.restore();
            try (Socket again = connect()) {
                assertThat(said(again, 44)).isEqualTo(44);
            }
        }
    }

    @Test
    void eachPacketWaitsAsLongAsWasAsked() throws IOException {
        try (Socket client = connect()) {
            assertThat(said(client, 42)).isEqualTo(42);
            proxy.slowDown(Duration.ofMillis(100));

            long begin = System.nanoTime();
            assertThat(said(client, 43)).isEqualTo(43);

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        }
    }

    @Test
    void aTargetThatDoesNotListenIsPassedOver() throws IOException {
        try (Socket silent = new Socket()) {
            silent.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)); // nobody else takes its port
            try (TcpProxy balancer = TcpProxy.to(() -> List.of(silent.getLocalPort(), server.getLocalPort()));
                    Socket client = new Socket(InetAddress.getLoopbackAddress(), balancer.port())) {
                client.setSoTimeout(LIMIT);
                assertThat(said(client, 42)).isEqualTo(42);
            }
        }
    }
}
