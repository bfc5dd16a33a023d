/** The manifests of {@code deploy/kubernetes}, held against the code, the settings and the pictures they stand for. */
@NullMarked
package io.tillstream.local.kubernetes;

import org.jspecify.annotations.NullMarked;
