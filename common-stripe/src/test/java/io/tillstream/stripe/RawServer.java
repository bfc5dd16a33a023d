package io.tillstream.stripe;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A socket that writes down each request byte for byte, and answers what it was told to; an empty JSON object else. */
final class RawServer implements AutoCloseable {

    /** A header as it stood on the wire. */
    record Header(String name, String value) {}

    /** @param connection which connection it came on, counted from one */
    record Recorded(int connection, String line, List<Header> headers, byte[] body) {

        @Nullable
        String header(String name) {
            String all = headers.stream()
                    .filter(header -> header.name().equalsIgnoreCase(name))
                    .map(Header::value)
                    .collect(Collectors.joining(" | "));
            return all.isEmpty() ? null : all;
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** Answers one request; the connection is closed if it gives false. */
    @FunctionalInterface
    interface Answering {
        boolean answer(Socket socket) throws IOException, InterruptedException;
    }

    final List<Recorded> requests = new CopyOnWriteArrayList<>();
    private final Queue<Answering> answers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ServerSocket server;

    RawServer() {
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    int port() {
        return server.getLocalPort();
    }

    RawServer then(Answering answer) {
        answers.add(answer);
        return this;
    }

    RawServer then(String head, byte[] body) {
        return then(socket -> write(socket, head, body));
    }

    /** An answer with its length; the lines of the head are parted by {@code |}. */
    RawServer then(String head, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return then(head + "|Content-Length: " + bytes.length, bytes);
    }

    /** Writes a head, whose lines are parted by {@code |}, and a body. */
    static boolean write(Socket socket, String head, byte[] body) throws IOException {
        var out = new ByteArrayOutputStream();
        out.write((head.replace("|", "\r\n") + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        out.write(body);
        socket.getOutputStream().write(out.toByteArray());
        socket.getOutputStream().flush();
        return true;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                int connection = connections.incrementAndGet();
                threads.execute(() -> serve(socket, connection));
            }
        } catch (IOException e) {
            return; // closed: the test is over
        }
    }

    private void serve(Socket socket, int connection) {
        try (socket) {
            var in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                Recorded request = read(in, connection);
                if (request == null) {
                    return;
                }
                requests.add(request);
                Answering answer = answers.poll();
                boolean open = answer == null
                        ? write(socket, "HTTP/1.1 200 OK|Content-Length: 2", new byte[] {'{', '}'})
                        : answer.answer(socket);
                if (!open) {
                    return;
                }
            }
        } catch (IOException e) {
            return; // the client went away
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static @Nullable Recorded read(InputStream in, int connection) throws IOException {
        String line = line(in);
        if (line == null) {
            return null;
        }
        List<Header> headers = new ArrayList<>();
        int length = 0;
        for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
            int colon = header.indexOf(':');
            String name = header.substring(0, colon);
            headers.add(new Header(name, header.substring(colon + 1).strip()));
            if (name.toLowerCase(Locale.ROOT).equals("content-length")) {
                length = Integer.parseInt(header.substring(colon + 1).strip());
            }
        }
        return new Recorded(connection, line, headers, in.readNBytes(length));
    }

    private static @Nullable String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return null;
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
