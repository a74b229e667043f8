/** A path of a URL that every part of a deployment takes as it is. */
export const PATH = /^\/[^\s"'`{}\\]*$/;
