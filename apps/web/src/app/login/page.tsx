import { Login } from '@/frame/enter';

export default function Page() {
  return <Login />;
}
