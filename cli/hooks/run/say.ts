/** Tells whoever has started git. */
export type Say = (text: string) => void;
