package io.tillstream.acceptance;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** HTTP by hand: for requests that no well-behaved client sends. */
final class RawHttp {
    private static final int PATIENCE_MILLIS = 120_000;

    private RawHttp() {}

    record Reply(int status, String text) {}

    static Reply send(String method, String path, String... headers) throws IOException {
        try (Socket socket = open()) {
            write(socket, method, path, "", headers);
            return read(socket);
        }
    }

    /** Sends these bytes and reads the answer to its end; empty where there is none, as the other side hung up. */
    static Optional<Answer> exchange(byte[] request) throws IOException {
        try (Socket socket = open()) {
            socket.getOutputStream().write(request);
            socket.getOutputStream().flush();
            return answer(socket.getInputStream().readAllBytes());
        } catch (SocketException reset) {
            return Optional.empty();
        }
    }

    private static Optional<Answer> answer(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int end = text.indexOf("\r\n\r\n");
        if (!text.startsWith("HTTP/1.1 ") || end < 0) {
            return Optional.empty();
        }
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        text.substring(0, end).lines().skip(1).forEach(line -> {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        });
        HttpHeaders read = HttpHeaders.of(headers, (name, value) -> true);
        String body = text.substring(end + 4);
        boolean chunked = read.firstValue("transfer-encoding").orElse("").equals("chunked");
        return Optional.of(new Answer(Integer.parseInt(text.substring(9, 12)), read, chunked ? joined(body) : body));
    }

    /** Sizes are of bytes. */
    private static String joined(String chunks) {
        StringBuilder whole = new StringBuilder();
        byte[] bytes = chunks.getBytes(StandardCharsets.UTF_8);
        int at = 0;
        while (at < bytes.length) {
            int line = at;
            while (bytes[line] != '\r') {
                line++;
            }
            int size = Integer.parseInt(new String(bytes, at, line - at, StandardCharsets.US_ASCII), 16);
            whole.append(new String(bytes, line + 2, size, StandardCharsets.UTF_8));
            at = line + 2 + size + 2;
            if (size == 0) {
                break;
            }
        }
        return whole.toString();
    }

    static Socket open() throws IOException {
        Socket socket = new Socket(Stack.gateway().getHost(), Stack.gateway().getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    static void write(Socket socket, String method, String path, String body, String... headers) throws IOException {
        StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
        request.append("Host: ").append(Stack.gateway().getAuthority()).append("\r\nConnection: close\r\n");
        if (!body.isEmpty()) {
            request.append("Content-Length: ")
                    .append(body.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n");
        }
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        socket.getOutputStream().write((request + "\r\n" + body).getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    static Reply read(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        if (!text.startsWith("HTTP/1.1 ")) {
            return new Reply(0, text);
        }
        return new Reply(Integer.parseInt(text.substring(9, 12)), text);
    }
}
