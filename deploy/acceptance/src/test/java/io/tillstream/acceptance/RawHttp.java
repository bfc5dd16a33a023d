package io.tillstream.acceptance;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** HTTP by hand: for requests that no well-behaved client sends. */
final class RawHttp {
    private static final int PATIENCE_MILLIS = 30_000;

    private RawHttp() {}

    record Reply(int status, String text) {}

    static Reply send(String method, String path, String... headers) throws IOException {
        try (Socket socket = open()) {
            write(socket, method, path, "", headers);
            return read(socket);
        }
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
