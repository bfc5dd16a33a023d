/** No secret, token, full e-mail address or card number rests anywhere. */
@NullMarked
package io.tillstream.chaos.check.secrecy;

import org.jspecify.annotations.NullMarked;
