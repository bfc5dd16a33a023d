package io.tillstream.chaos.machine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes TCP connections on, to the first of its targets that takes them. It can cut all of them, take no more, and let each
 * packet wait.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int BACKLOG = 200;
    private static final int PACKET = 16_384;
    private static final int CONNECT_MILLIS = 2_000; // on one machine: a target that does not take it by then hangs

    private final ServerSocket door;
    private final Supplier<List<Integer>> targets;
    private final ExecutorService threads = Executors.newCachedThreadPool(TcpProxy::daemon);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean refusing;
    private volatile long delayMillis;

    private TcpProxy(Supplier<List<Integer>> targets) {
        this.targets = targets;
        try {
            this.door = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
        threads.execute(this::accept);
    }

    /**
     * Listens from now on, on a port of its own.
     *
     * @param targets ports of this machine, best first; asked for each connection
     */
    public static TcpProxy to(Supplier<List<Integer>> targets) {
        return new TcpProxy(targets);
    }

    public int port() {
        return door.getLocalPort();
    }

    /** Ends all connections, and every new one at once, until {@link #restore}. */
    public void cut() {
        refusing = true;
        closeAll();
    }

    /** From now on each packet waits so long, in either direction. */
    public void slowDown(Duration delay) {
        delayMillis = delay.toMillis();
    }

    /** Takes connections again, and passes them on at once. */
    public void restore() {
        refusing = false;
        delayMillis = 0;
    }

    @Override
    public void close() {
        refusing = true;
        closeQuietly(door);
        closeAll();
        threads.shutdownNow();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                threads.execute(() -> connect(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        Socket server = refusing ? null : target();
        if (server == null) {
            closeQuietly(client);
            return;
        }
        open.add(client);
        open.add(server);
        threads.execute(() -> pump(client, server));
        threads.execute(() -> pump(server, client));
        if (refusing) { // cut while it was made
            closeQuietly(client);
            closeQuietly(server);
        }
    }

    private @Nullable Socket target() {
        for (int port : targets.get()) {
            Socket server = new Socket();
            try {
                server.setTcpNoDelay(true);
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
                return server;
            } catch (IOException taken) {
                closeQuietly(server);
            }
        }
        return null;
    }

    /** The end of either direction ends both: who answers HTTP or speaks PostgreSQL has nothing more to say then. */
    private void pump(Socket from, Socket to) {
        byte[] packet = new byte[PACKET];
        try {
            from.setTcpNoDelay(true);
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int length = in.read(packet);
            while (length >= 0) {
                pause();
                out.write(packet, 0, length);
                length = in.read(packet);
            }
        } catch (IOException ended) {
            // by either side, or by a cut
        } finally {
            closeQuietly(from);
            closeQuietly(to);
            open.remove(from);
            open.remove(to);
        }
    }

    private void pause() throws IOException {
        long millis = delayMillis;
        if (millis > 0) {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException cause) {
                Thread.currentThread().interrupt();
                throw new IOException(cause);
            }
        }
    }

    private void closeAll() {
        open.forEach(TcpProxy::closeQuietly);
    }

    private static void closeQuietly(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception already) {
            // closed is what it was to become
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "tcp-proxy");
        thread.setDaemon(true);
        return thread;
    }
}
